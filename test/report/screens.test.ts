import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { parse } from 'csv-parse/sync';
import { withClient } from '../../src/db/pool.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { filesOf } from '../../src/ledger/file.ts';
import { writeRunFiles } from '../../src/report/files/write.ts';
import { findValue } from '../../src/report/findings/find.ts';
import { detailsOf } from '../../src/report/findings/group-details.ts';
import { findGroup, numberGroups } from '../../src/report/findings/groups.ts';
import { statusOf } from '../../src/report/findings/status.ts';
import { findingsOf } from '../../src/report/findings/summary.ts';
import { groupsText } from '../../src/report/text/errors.ts';
import { foundText } from '../../src/report/text/find.ts';
import { statusText } from '../../src/report/text/status.ts';
import { cloneDatabase } from '../support/postgres.ts';
import { definition, makeAttempt, makeFile, makeRun } from '../world/ledger.ts';
import type { RowSpec } from '../world/ledger-rows.ts';

const { db, url } = await cloneDatabase();

async function groups(run: string, showValues = false): Promise<string[]> {
  await numberGroups(db, run);
  return await inTransaction(db, async (client) => {
    const findings = await findingsOf(client, run);
    const details = await detailsOf(client, findings.run, await filesOf(client, run), findings.groups);
    return groupsText(findings, details, { showValues });
  });
}

const header = ['transaction_id', 'member_id', 'type', 'occurred_at', 'line_amount', 'store'];

/** Thirty rows, ten of them with a date of another form, all from one store; two refused for their type. */
const troubled = (): RowSpec[] =>
  Array.from({ length: 30 }, (_, index): RowSpec => {
    const bad = index % 3 === 0;
    const cells = [
      `t${index}`,
      `88000${index}`,
      index < 2 ? 'gift_card' : 'purchase',
      bad ? '2026/05/11 14:02' : '11-05-2026',
      '1.00',
      bad ? '00072' : `000${index}`,
    ];
    if (bad)
      return {
        cells,
        amount: '1.00',
        bucket: 'rejected',
        errors: [
          {
            code: 'NORMALIZE_NOT_A_DATE',
            field: 'occurred_at',
            value: '2026/05/11 14:02',
            reason: 'wanted dd-MM-yyyy',
          },
        ],
      };
    if (index < 2)
      return {
        cells,
        amount: '1.00',
        bucket: 'failed',
        operation: { field: 'activity_type_id', platform_code: 'INVALID_TYPE', reason: 'no such type' },
      };
    return { cells, amount: '1.00' };
  });

describe('errors --group', () => {
  it('names the cause: code, columns, what the rows have in common, an example, and what to type', async () => {
    const run = await makeRun(db);
    const file = await makeFile(db, run, { header, rows: troubled(), columns: { name: 'pos.csv' } });
    assert.deepEqual(
      (await groups(run)).map((text) => text.replaceAll(run, 'RUN').replaceAll(`${file.id}-`, 'FILE-')),
      [
        'pos-transactions  RUN   11 rows not done   masked',
        '',
        '  #     rows           amount  where     what is wrong',
        '  1       10            10.00  rejected  NORMALIZE_NOT_A_DATE  occurred_at',
        '      wanted dd-MM-yyyy',
        '      all 10 looked at have store=00072; none of the others',
        '      e.g. pos.csv line 2   occurred_at=9999/99/99 99:99   pointferry find FILE-1',
        '      do   fix the cell, or the format in the pipeline',
        '           pointferry rerun RUN --group 1',
        '  2        1             1.00  failed    PUSH_REFUSED  hang INVALID_TYPE  type',
        '      1 operation, no such type',
        '      e.g. pos.csv line 3   type=gift_card   pointferry find FILE-2',
        '      do   read its answer, fix the field named, then rerun',
        '           pointferry rerun RUN --group 2',
        '-'.repeat(98),
        '          11            11.00  = rejected 10 + failed 1',
        '',
        '  values are masked: --show-values, or --out FILE for all rows with their cells',
      ],
    );
    assert.ok((await groups(run, true)).some((text) => text.includes('occurred_at=2026/05/11 14:02')));
  });

  it('shows nothing of a person: neither in examples nor in what rows have in common', async () => {
    const run = await makeRun(db);
    const bad = (index: number): RowSpec => ({
      cells: [`t${index}`, 'alice.wonder@example.com', 'x', 'd', '1', 's'],
      bucket: 'rejected',
      errors: [{ code: 'NORMALIZE_NOT_A_PHONE', field: 'member_id', value: 'alice.wonder@example.com' }],
    });
    await makeFile(db, run, {
      header,
      rows: [
        ...Array.from({ length: 9 }, (_, index) => bad(index)),
        ...Array.from({ length: 20 }, () => ({})),
      ],
    });
    assert.doesNotMatch((await groups(run)).join('\n'), /wonder/);
  });

  it('names files that were refused, whether rows are wrong or not', async () => {
    const run = await makeRun(db);
    await makeFile(db, run, {
      columns: {
        name: 'odd.csv',
        verdict: 'refused',
        code: 'STAGE_HEADER',
        reason: 'required column "id" is missing',
        raw_table: null,
        normalized_at: null,
      },
    });
    assert.deepEqual(
      (await groups(run)).map((text) => text.replaceAll(run, 'RUN')),
      [
        'pos-transactions  RUN   0 rows not done',
        '',
        '  refused     odd.csv  STAGE_HEADER',
        '      required column "id" is missing',
        '      do   pointferry check, or fix the columns of the pipeline',
      ],
    );
  });

  it('a group that is not there: names those that are, and how to list them', async () => {
    const run = await makeRun(db);
    await makeFile(db, run, { rows: [{ bucket: 'failed' }] });
    await numberGroups(db, run);
    const findings = await inTransaction(db, (client) => findingsOf(client, run));
    assert.throws(() => findGroup(findings, 99), {
      code: 'CONFIG_USAGE',
      message: `run ${run} has no group 99; there are: 1`,
      hint: `pointferry errors ${run} --group`,
    });
  });

  it('masks what the kind calls personal, whatever its column is called', async () => {
    const columns = { member: { from: 'nr' }, first_name: { from: 'vorname' } };
    const run = await makeRun(db, {
      kind: 'hang.member',
      definition: { account: 'hang-test', operation: 'hang.enroll', columns },
    });
    await makeFile(db, run, {
      header: ['nr', 'vorname'],
      rows: [
        {
          bucket: 'failed',
          cells: ['1', 'Wunderland'],
          operation: { field: 'first_name', platform_code: 'INVALID', reason: 'no such name' },
        },
      ],
    });
    assert.match((await groups(run)).join('\n'), /vorname=Wu\*\*\*nd/);
  });

  it('masks a value that few members share, in a column that no field is made of', async () => {
    const run = await makeRun(db);
    const row = (index: number, member: string): RowSpec => ({
      cells: [`t${index}`, member, 'purchase', 'x', '1.00', index < 10 ? 'Wunderland' : `other${index}`],
      ...(index < 10
        ? { bucket: 'rejected', errors: [{ code: 'NORMALIZE_NOT_A_DATE', field: 'occurred_at' }] }
        : {}),
    });
    const rows = Array.from({ length: 30 }, (_, index) => row(index, `m${index < 10 ? index % 2 : index}`));
    await makeFile(db, run, { header: [...header.slice(0, 5), 'contact'], rows });
    assert.match((await groups(run)).join('\n'), /contact=Wu\*\*\*nd/);
  });

  it('says what waits, and until when', async () => {
    const run = await makeRun(db);
    await makeFile(db, run, {
      rows: [
        { bucket: 'parked', cells: ['t', '8812345612'], operation: { park_until: '2026-05-19T00:00:00Z' } },
      ],
    });
    const text = (await groups(run)).join('\n');
    assert.match(
      text,
      /do {3}nothing: released when the member arrives, rejected on 2026-05-19 if it does not/,
    );
    assert.match(text, /member_id=88\*\*\*12/);
  });
});

describe('status', () => {
  it('has a line per pipeline, the worst first, and its exit code', async () => {
    const make = async (
      pipeline: string,
      columns: Record<string, unknown>,
      rows: RowSpec[],
    ): Promise<string> => {
      const run = await makeRun(db, { pipeline, finished_at: new Date(), ...columns });
      await makeFile(db, run, { rows });
      return run;
    };
    const fine = await make('a-fine', {}, [{}, {}]);
    const errors = await make('b-errors', { status: 'completed_with_errors', exit_code: 1 }, [
      {},
      { bucket: 'failed' },
    ]);
    const down = await make(
      'c-down',
      {
        status: 'failed',
        exit_code: 3,
        stage: 'push',
        stop_code: 'PUSH_STOPPED',
        stop_reason: 'hang answers 401',
      },
      [{ bucket: 'pending' }],
    );
    const dead = await make(
      'd-dead',
      { status: 'running', exit_code: null, stage: 'push', finished_at: null },
      [{ bucket: 'pending' }],
    );
    const status = await inTransaction(db, (client) => statusOf(client));
    const lines = statusText(status, { zone: 'UTC' });
    const runs = lines
      .filter((text) => text.includes(' r0') && !text.includes('pointferry'))
      .map((text) => text.split(/ +/).slice(1, 4).join(' '));
    assert.deepEqual(
      runs.filter((text) => !text.includes('pos-transactions')),
      [`!! c-down ${down}`, `! d-dead ${dead}`, `! b-errors ${errors}`, `ok a-fine ${fine}`],
    );
    assert.equal(status.exitCode, 3);
    const text = lines.join('\n');
    assert.match(text, /stopped: PUSH_STOPPED: hang answers 401/);
    assert.match(text, /stopped: its process died/);
    assert.ok(
      text.includes(`do: pointferry resume ${down}`) &&
        text.includes(`do: pointferry errors ${errors} --group`),
    );
    for (const one of lines) assert.ok(one.length <= 100, one);
  });

  it('shows the worst open run of a pipeline, how many more are open, and the last run', async () => {
    const make = (columns: Record<string, unknown>, rows: RowSpec[]): Promise<string> =>
      makeRun(db, { pipeline: 'nights', finished_at: new Date(), ...columns }).then(async (run) => {
        await makeFile(db, run, { rows });
        return run;
      });
    const errors = await make({ status: 'completed_with_errors', exit_code: 1 }, [{}, { bucket: 'failed' }]);
    const bug = { status: 'failed', exit_code: 70, stage: 'push', stop_code: 'BUG', stop_reason: 'a bug' };
    const broken = await make(bug, [{ bucket: 'pending' }]);
    const fine = await make({}, [{}]);
    const seen = () => inTransaction(db, (client) => statusOf(client, 'nights'));
    const shown = async () =>
      statusText(await seen(), { zone: 'UTC' })
        .slice(1, 8)
        .map((text) => text.replace(/\d\d:\d\d/, 'hh:mm').trim());
    assert.deepEqual(await shown(), [
      `!! nights                 ${broken}    hh:mm               1          0          0        1  70`,
      'stopped: BUG: a bug',
      'do: pointferry doctor',
      `or give it up: pointferry dismiss ${broken} --note TEXT`,
      `the last run: ${fine} hh:mm, exit 0`,
      '1 more open: pointferry status --open',
      '',
    ]);
    const status = await seen();
    assert.equal(status.exitCode, 70);
    assert.deepEqual(
      status.open.map(({ run }) => run),
      [broken, errors],
    );
    const all = statusText(status, { zone: 'UTC', all: true }).join('\n');
    assert.ok(
      all.includes(`!! nights                 ${broken}`) &&
        all.includes(`!  nights                 ${errors}`),
    );
    for (const group of [broken, errors])
      await withClient(db, (client) =>
        client.query(
          `update pointferry.run set dismissed_at = clock_timestamp(), dismissed_by = 'me', dismissed_note = 'over' where id = $1`,
          [group],
        ),
      );
    const calm = await seen();
    assert.deepEqual(
      { exitCode: calm.exitCode, open: calm.open.length, run: calm.lines[0]?.run },
      { exitCode: 0, open: 0, run: fine },
    );
  });

  it('a last run that was given up is marked, with who and why, and counts no more', async () => {
    const run = await makeRun(db, {
      pipeline: 'given-up',
      status: 'failed',
      exit_code: 3,
      stage: 'push',
      finished_at: new Date(Date.now() - 1_000),
      dismissed_at: new Date(),
      dismissed_by: 'ops',
      dismissed_note: 'the shop is closed',
    });
    await makeFile(db, run, { rows: [{ bucket: 'pending' }] });
    const status = await inTransaction(db, (client) => statusOf(client, 'given-up'));
    assert.deepEqual({ exitCode: status.exitCode, open: status.open.length }, { exitCode: 0, open: 0 });
    const text = statusText(status, { zone: 'UTC' }).join('\n');
    assert.match(text, new RegExp(`-- given-up +${run}`));
    assert.match(text, /given up by ops: the shop is closed/);
    assert.doesNotMatch(text, /do: pointferry/);
  });

  it('names no next run: nothing starts runs by itself', async () => {
    const schedule = { at: '02:30', zone: 'America/Chicago' };
    await makeRun(db, { pipeline: 'scheduled', definition: { ...definition, schedule } });
    const status = await inTransaction(db, (client) => statusOf(client, 'scheduled'));
    assert.doesNotMatch(statusText(status, { zone: 'UTC' }).join('\n'), /next run/);
    assert.ok(!('nextRun' in (status.lines[0] ?? {})));
  });

  it('rows that are tolerated keep no run open, nor do files of an older night', async () => {
    const errors = { pipeline: 'easy', status: 'completed_with_errors', exit_code: 1 };
    const tolerant = { ...definition, thresholds: { tolerate: 1 } };
    const run = await makeRun(db, { ...errors, definition: tolerant });
    await makeFile(db, run, { rows: [{}, { bucket: 'failed' }] });
    await makeFile(db, run, {
      columns: { verdict: 'refused', code: 'STAGE_HEADER', raw_table: null, normalized_at: null },
    });
    const last = await inTransaction(db, (client) => statusOf(client, 'easy'));
    assert.deepEqual(
      { exitCode: last.exitCode, open: last.open.length },
      { exitCode: 1, open: 0 },
      'the last run says that a file was refused',
    );
    await makeRun(db, { pipeline: 'easy' });
    const next = await inTransaction(db, (client) => statusOf(client, 'easy'));
    assert.deepEqual({ exitCode: next.exitCode, open: next.open.length }, { exitCode: 0, open: 0 });
  });

  it('counts files that were not taken, and rows that nobody knows the outcome of', async () => {
    const run = await makeRun(db, { pipeline: 'refusing', status: 'completed_with_errors', exit_code: 1 });
    await makeFile(db, run, {
      columns: { verdict: 'refused', code: 'STAGE_HEADER', raw_table: null, normalized_at: null },
    });
    await makeFile(db, run, { rows: [{ bucket: 'unknown' }] });
    const status = await inTransaction(db, (client) => statusOf(client, 'refusing'));
    const text = statusText(status, { zone: 'UTC' }).join('\n');
    assert.match(text, new RegExp(`files: 1 refused: pointferry status ${run}`));
    assert.match(text, / unknown {4}1 row, the oldest since 2026-05-12: pointferry errors --unknown/);
  });

  it('says why an account does not send', async () => {
    await makeRun(db, { account: 'paused-one' });
    await withClient(db, (client) =>
      client.query(
        `update pointferry.account set paused_until = 'infinity', pause_reason = 'they asked', paused_by = 'me' where name = 'paused-one'`,
      ),
    );
    const { accounts } = await inTransaction(db, (client) => statusOf(client));
    assert.equal(accounts.find(({ name }) => name === 'paused-one')?.state, 'PAUSED: they asked');
  });
});

describe('find', () => {
  it('finds a transaction by its number, its member, its request, its row and the beginning of its key', async () => {
    const run = await makeRun(db);
    const file = await makeFile(db, run, {
      rows: [
        {
          bucket: 'failed',
          operation: {
            identity: 'pos:0009200618053',
            member_key: '8877665512',
            key: 'abcdef0123456789',
            request_id: '7f31c2',
            reason: 'no such type',
          },
        },
      ],
      columns: { name: 'find.csv' },
    });
    const [operation] = file.operations;
    assert.ok(operation);
    await makeAttempt(db, operation, run, {
      http_status: 422,
      outcome: 'failed',
      body: '{"member":"8877665512","n":[1234567]}',
      request_id: 'rq-attempt',
    });
    const search = (value: string): Promise<string> =>
      inTransaction(db, async (client) =>
        foundText(await findValue(client, value, { showValues: false }), value, 'UTC').join('\n'),
      );
    for (const value of ['0009200618053', '8877665512', '7f31c2', 'rq-attempt', `${file.id}-1`, 'abcdef']) {
      const text = await search(value);
      assert.match(text, /^pos:0009200618053 {4}hang\.activity {4}member 88\*\*\*12 -> mem_/, value);
      assert.match(text, /from find\.csv, line 2 \(1 row\)/);
      assert.match(text, /POST \.\.\.\/activities {2}422 {2}failed {2}84 ms/);
      assert.doesNotMatch(text, /8877665512|1234567/);
    }
    assert.match(await search('100%'), /nothing is known/);
  });

  it('finds rows that never became an operation', async () => {
    const run = await makeRun(db);
    const file = await makeFile(db, run, {
      rows: [{ bucket: 'rejected', group: 'T-77', errors: [{ code: 'NORMALIZE_REQUIRED', field: 'type' }] }],
    });
    for (const value of [`${file.id}-1`, 'T-77']) {
      const found = await inTransaction(db, (client) => findValue(client, value, { showValues: false }));
      assert.deepEqual(
        found.rows.map(({ record, bucket, faults }) => [record, bucket, faults?.[0]?.code]),
        [[1, 'rejected', 'NORMALIZE_REQUIRED']],
      );
    }
  });
});

describe('the verbs', () => {
  const type = (...args: string[]): Promise<{ code: number; out: string }> =>
    new Promise((resolve) => {
      const env = { ...process.env, DATABASE_URL: url };
      execFile(process.execPath, ['src/main.ts', ...args], { env }, (error, out, err) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out: out + err }),
      );
    });
  const folderFor = async (t: TestContext): Promise<string> => {
    const folder = await mkdtemp(path.join(tmpdir(), 'pointferry-verbs-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    return folder;
  };

  it('report, errors, status and find read the same ledger', async (t) => {
    const folder = await folderFor(t);
    const run = await makeRun(db, {
      pipeline: 'verbs',
      status: 'completed_with_errors',
      exit_code: 1,
      definition: { ...definition },
    });
    const file = await makeFile(db, run, { header, rows: troubled() });
    const report = await type('report', 'verbs@last', '--out', folder);
    assert.deepEqual([report.code, report.out.includes('balanced')], [0, true], report.out);
    const out = path.join(folder, 'fix.csv');
    assert.equal((await type('errors', run, '--group', '1', '--out', out)).code, 0);
    const rows: Record<string, string>[] = parse(await readFile(out), { bom: true, columns: true });
    assert.equal(rows.length, 10);
    assert.ok(rows.every((row) => row._code === 'NORMALIZE_NOT_A_DATE' && row.store === '00072'));
    const listed = JSON.parse((await type('errors', run, '--json')).out);
    assert.deepEqual(
      { total: listed.total, rows: listed.rows.length, value: listed.rows[0].faults[0].value },
      { total: 11, rows: 11, value: '9999/99/99 99:99' },
    );
    const one = await type('status', run);
    assert.deepEqual([one.code, one.out.includes('COMPLETED WITH ERRORS')], [1, true], one.out);
    assert.equal((await type('find', `${file.id}-1`)).code, 0);
    assert.match((await type('errors', '--unknown')).out, /1 unknown {3}pointferry settle r/);
    assert.equal((await type('errors', run, '--group', '9')).code, 64);
    assert.equal((await type('report', 'nobody@last')).code, 64);
  });

  it('status after many nights reads what their files said, and counts only what never wrote any', async () => {
    const run = await makeRun(db, { pipeline: 'kept' });
    await makeFile(db, run, { rows: [{}, {}] });
    await withClient(db, (client) =>
      client.query(
        `insert into pointferry.run_figures (run, as_of, figures) values ($1, now(), '{"rows": {"read": 5, "delivered": 5}}')`,
        [run],
      ),
    );
    const { lines } = await inTransaction(db, (client) => statusOf(client, 'kept'));
    assert.deepEqual(
      lines.map(({ rows }) => [rows.read, rows.delivered, rows.failed]),
      [[5, 5, 0]],
    );
  });

  it('what is written is what status says afterwards', async (t) => {
    const run = await makeRun(db, { pipeline: 'written' });
    await makeFile(db, run, { rows: [{}, { bucket: 'unknown' }] });
    await writeRunFiles(db, run, path.join(await folderFor(t), 'run'));
    const { lines } = await inTransaction(db, (client) => statusOf(client, 'written'));
    assert.deepEqual(
      lines.map(({ rows }) => [rows.read, rows.delivered, rows.unknown]),
      [[2, 1, 1]],
    );
  });
});
