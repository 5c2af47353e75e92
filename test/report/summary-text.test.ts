import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inTransaction } from '../../src/db/transaction.ts';
import { numberGroups } from '../../src/report/findings/groups.ts';
import { findingsOf } from '../../src/report/findings/summary.ts';
import { summaryText } from '../../src/report/text/summary.ts';
import { cloneDatabase } from '../support/postgres.ts';
import { definition, makeFile, makeRerun, makeRun } from '../world/ledger.ts';

const { db } = await cloneDatabase();

async function textOf(run: string): Promise<string[]> {
  await numberGroups(db, run);
  const findings = await inTransaction(db, (client) => findingsOf(client, run), { readOnly: true });
  return summaryText(findings, {
    folder: '/runs/one',
    outputs: [{ name: 'errors.csv', rows: 2 }, { name: 'report.html' }],
  });
}

const zoned = { ...definition, schedule: { at: '02:30', zone: 'America/Chicago', deadline: '05:00' } };

describe('the end of a run', () => {
  it('is the books, the requests, what is wrong, the files and what to type next', async () => {
    const run = await makeRun(db, { status: 'completed_with_errors', exit_code: 1, definition: zoned });
    await makeFile(db, run, {
      rows: [
        { amount: '1861004.70' },
        {
          amount: '7204.15',
          bucket: 'rejected',
          errors: [{ code: 'NORMALIZE_NOT_A_DATE', field: 'occurred_at' }],
        },
        {
          amount: '77.90',
          bucket: 'failed',
          operation: { field: 'activity_type_id', platform_code: 'INVALID_TYPE' },
        },
      ],
    });
    assert.deepEqual(
      (await textOf(run)).map((text) => text.replace(run, 'RUN')),
      [
        'pos-transactions  RUN  COMPLETED WITH ERRORS  Tue 2026-05-12 02:36:00-02:46:31 CDT  exit 1',
        '',
        '                                                rows                amount USD',
        '  read        1 file                               3              1,868,286.75',
        '  ------------------------------------------------------------------------------------------------',
        '  done        delivered                            1  33.3 %      1,861,004.70',
        '  attention   rejected   by Pointferry             1  33.3 %          7,204.15',
        '              failed     refused by hang           1  33.3 %             77.90',
        '  ------------------------------------------------------------------------------------------------',
        '  balanced    3 = 3                                1,868,286.75 = 1,868,286.75',
        '',
        '  operations 2   requests 0 (0 again, 0 throttled)   2 h 13 to spare',
        '',
        '  1  rejected       1  NORMALIZE_NOT_A_DATE  occurred_at, not a date in the stated format',
        '  2  failed         1  PUSH_REFUSED          type, hang: INVALID_TYPE',
        '',
        '  files   /runs/one/',
        '          errors.csv (2)   report.html',
        '  next    pointferry errors RUN --group',
        '          Running anything again is safe: what was delivered is not sent twice.',
      ],
    );
  });

  it('says which files were not taken, and what stopped it', async () => {
    const run = await makeRun(db, {
      status: 'failed',
      exit_code: 3,
      stage: 'push',
      stop_code: 'PUSH_STOPPED',
      stop_reason: 'hang answers 401',
    });
    const none = { raw_table: null, normalized_at: null };
    await makeFile(db, run, {
      columns: { ...none, verdict: 'duplicate', earlier_run: 'r7a1x', name: 'again\u001B[2J.csv' },
    });
    await makeFile(db, run, {
      columns: { ...none, verdict: 'refused', code: 'STAGE_HEADER', reason: 'no column a', name: 'bad.csv' },
    });
    const text = (await textOf(run)).join('\n');
    assert.match(text, / {2}stopped: PUSH_STOPPED {2}hang answers 401\n/);
    assert.match(text, / {2}duplicate {3}again\.csv {2}taken by r7a1x\n/);
    assert.match(text, / {2}refused {5}bad\.csv {2}STAGE_HEADER no column a\n/);
    assert.doesNotMatch(text, /\u001B/);
  });

  it('keeps to 100 columns with long names, large figures and several currencies', async () => {
    const run = await makeRun(db, {
      definition: { ...zoned, amount: { from: 'a', currency: { from: 'c' } } },
    });
    const huge = '123456789012345678901234567890.123456';
    await makeFile(db, run, {
      rows: [
        { amount: huge, currency: 'USD', corrected: '1' },
        { amount: huge, currency: 'GBP', bucket: 'unknown' },
        { amount: huge, currency: 'USD', bucket: 'parked' },
        {
          bucket: 'rejected',
          unreadable: true,
          currency: 'GBP',
          errors: [{ code: 'NORMALIZE_NOT_A_NUMBER', field: 'x'.repeat(200) }],
        },
      ],
    });
    await makeFile(db, run, {
      columns: { verdict: 'empty', raw_table: null, normalized_at: null, name: 'y'.repeat(200) },
    });
    const lines = await textOf(run);
    for (const line of lines) assert.ok(line.length <= 100, line);
    assert.ok(lines.some((line) => line.includes('GBP') && line.includes('+ 1 unreadable')));
    assert.ok(lines.some((line) => line.startsWith('  corrected')));
  });

  it('of books that do not balance says so, and what is missing', async () => {
    const run = await makeRun(db, { status: 'failed', exit_code: 70 });
    await makeFile(db, run, { rows: [{}], columns: { records: 5, name: 'a.csv' } });
    const text = (await textOf(run)).join('\n');
    assert.match(text, /NOT BALANCED\n {4}a\.csv: 5 rows read, 1 accounted for, difference 4\n/);
  });

  it('of a rerun names the runs whose rows it took', async () => {
    const run = await makeRun(db);
    const file = await makeFile(db, run, { rows: [{ amount: '1.00' }] });
    const rerun = await makeRerun(db, [run], [[file.id, 1]]);
    assert.ok((await textOf(rerun)).some((text) => text.startsWith(`  selected    rows of ${run}`)));
  });
});
