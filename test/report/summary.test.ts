import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inTransaction } from '../../src/db/transaction.ts';
import { buckets } from '../../src/ledger/buckets.ts';
import { numberGroups } from '../../src/report/findings/groups.ts';
import { findingsOf, type Summary, summaryOf } from '../../src/report/findings/summary.ts';
import { cloneDatabase } from '../support/postgres.ts';
import { accountDefinition, definition, makeAttempt, makeFile, makeRerun, makeRun } from '../world/ledger.ts';

const { db } = await cloneDatabase();

async function summarize(run: string): Promise<Summary> {
  await numberGroups(db, run);
  return summaryOf(await inTransaction(db, (client) => findingsOf(client, run), { readOnly: true }));
}

/** The document of docs/contract.md#summaryjson as a shape: `null` in a list of types means that the value may be null. */
type Shape = string | { [key: string]: Shape } | [Shape];
const counts = Object.fromEntries(['read', ...buckets].map((name) => [name, 'count']));
const money = {
  ...Object.fromEntries(['read', 'corrected', ...buckets].map((name) => [name, 'decimal'])),
  unreadable: 'count',
};
const shape: Shape = {
  run: 'text',
  pipeline: 'text',
  account: 'text',
  mode: 'run|rerun|backfill',
  businessDate: 'text?',
  actor: 'text',
  version: 'count',
  asOf: 'instant',
  status: 'completed|completed_with_errors|stopped|failed|interrupted|running',
  exitCode: 'count?',
  startedAt: 'instant',
  finishedAt: 'instant?',
  files: [
    {
      name: 'text',
      sha256: 'text?',
      contentSha256: 'text?',
      bytes: 'count',
      records: 'count',
      skippedLines: 'count',
      verdict: 'staged|duplicate|empty|refused|unfinished',
      code: 'text?',
      earlierRun: 'text?',
      rows: counts,
    },
  ],
  rows: counts,
  amount: { USD: money },
  balanced: 'boolean',
  of: ['text'],
  selected: 'null',
  carried: Object.fromEntries(buckets.map((name) => [name, 'count'])),
  operations: {
    total: 'count',
    ...Object.fromEntries(buckets.map((name) => [name, 'count'])),
    value: 'decimal',
  },
  requests: {
    sent: 'count',
    retried: 'count',
    throttled: 'count',
    p50Ms: 'number',
    p99Ms: 'number',
    limitUsed: 'number',
  },
  seconds: { read: 'number', stage: 'number', normalize: 'number', push: 'number', report: 'number' },
  errors: [
    {
      group: 'count',
      code: 'text',
      field: 'text',
      platformCode: 'text?',
      rows: 'count',
      sample: 'text',
      hint: 'text',
    },
  ],
  next: 'text?',
  outputs: [{ name: 'text', rows: 'count', bytes: 'count', sha256: 'text' }],
};

const scalar: Readonly<Record<string, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string',
  count: (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0,
  number: (value) => typeof value === 'number' && value >= 0,
  boolean: (value) => typeof value === 'boolean',
  decimal: (value) => typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value),
  instant: (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value),
  null: (value) => value === null,
};

/** Keys, their order and the kind of every value. */
function fits(value: unknown, wanted: Shape, at: string): void {
  if (typeof wanted === 'string') {
    const optional = wanted.endsWith('?');
    const check = scalar[wanted.replace('?', '')] ?? ((one) => wanted.split('|').includes(String(one)));
    assert.ok(
      (optional && value === null) || check(value),
      `${at}: ${JSON.stringify(value)} is no ${wanted}`,
    );
  } else if (Array.isArray(wanted)) {
    assert.ok(Array.isArray(value), at);
    for (const [index, one] of value.entries()) fits(one, wanted[0], `${at}[${index}]`);
  } else {
    assert.deepEqual(Object.keys(value as object), Object.keys(wanted), at);
    for (const [key, one] of Object.entries(wanted))
      fits((value as Record<string, unknown>)[key], one, `${at}.${key}`);
  }
}

describe('summary.json', () => {
  it('has the keys of the contract, in order, each of its kind', async () => {
    const run = await makeRun(db, {
      status: 'completed_with_errors',
      exit_code: 1,
      business_date: '2026-05-11',
      seconds: { read: 3, stage: 3.2, push: 298 },
      carried: { delivered: 2 },
    });
    const file = await makeFile(db, run, {
      rows: [
        { amount: '10.00', operation: { value: '10.00' } },
        { amount: '2.50', bucket: 'failed', operation: { field: 'value', platform_code: 'INVALID_VALUE' } },
        {
          amount: '1.00',
          bucket: 'rejected',
          errors: [{ code: 'NORMALIZE_NOT_A_DATE', field: 'occurred_at' }],
        },
      ],
      columns: { skipped: { header: 1, blank: 2 } },
    });
    for (const operation of file.operations) if (operation) await makeAttempt(db, operation, run);
    const summary = await summarize(run);
    fits(summary, shape, 'summary');
    assert.equal(summary.files[0]?.skippedLines, 3);
    assert.equal(summary.amount?.USD?.delivered, '10.00');
    assert.deepEqual(
      { ...summary.operations },
      {
        ...Object.fromEntries(buckets.map((name) => [name, 0])),
        total: 2,
        delivered: 1,
        failed: 1,
        value: '10.00',
      },
    );
    assert.deepEqual(
      {
        delivered: summary.carried.delivered,
        push: summary.seconds.push,
        normalize: summary.seconds.normalize,
      },
      { delivered: 2, push: 298, normalize: 0 },
    );
    assert.deepEqual({ sent: summary.requests.sent, p50Ms: summary.requests.p50Ms }, { sent: 2, p50Ms: 84 });
    assert.equal(summary.next, `pointferry errors ${run} --group`);
    assert.deepEqual(summary.errors, [
      {
        group: 1,
        code: 'NORMALIZE_NOT_A_DATE',
        field: 'occurred_at',
        platformCode: null,
        rows: 1,
        sample: `${file.id}-3`,
        hint: 'fix the cell, or the format in the pipeline',
      },
      {
        group: 2,
        code: 'PUSH_REFUSED',
        field: 'line_amount',
        platformCode: 'INVALID_VALUE',
        rows: 1,
        sample: `${file.id}-2`,
        hint: 'read its answer, fix the field named, then rerun',
      },
    ]);
  });

  it('keeps the number of a group when others outgrow it, and gives new groups new numbers', async () => {
    const run = await makeRun(db);
    const late = {
      bucket: 'rejected' as const,
      errors: [{ code: 'NORMALIZE_REQUIRED', field: 'member_id' }],
    };
    await makeFile(db, run, { rows: [{ bucket: 'failed' }] });
    const before = await summarize(run);
    await makeFile(db, run, { rows: [late, late, late, { bucket: 'parked' }] });
    const after = await summarize(run);
    assert.deepEqual(
      before.errors.map(({ group, code }) => [group, code]),
      [[1, 'PUSH_REFUSED']],
    );
    assert.deepEqual(
      after.errors.map(({ group, code, field }) => [group, code, field]),
      [
        [1, 'PUSH_REFUSED', ''],
        [2, 'NORMALIZE_REQUIRED', 'member_id'],
        [3, 'NORMALIZE_MEMBER_UNKNOWN', 'member_id'],
      ],
    );
  });

  it('of a state pipeline has no amount', async () => {
    const run = await makeRun(db, { definition: { ...definition, amount: undefined } });
    await makeFile(db, run, { rows: [{ operation: { nature: 'state', identity: null } }] });
    assert.equal((await summarize(run)).amount, null);
  });

  it('of a rerun has no rows of its own: its figures stand in selected', async () => {
    const run = await makeRun(db);
    const file = await makeFile(db, run, {
      rows: [{ amount: '1.00' }, { amount: '2.00', bucket: 'failed' }, {}],
    });
    const rerun = await makeRerun(
      db,
      [run],
      [
        [file.id, 1],
        [file.id, 2],
      ],
    );
    const summary = await summarize(rerun);
    assert.deepEqual(
      { rows: summary.rows, amount: summary.amount, files: summary.files },
      { rows: null, amount: null, files: [] },
    );
    assert.deepEqual({ mode: summary.mode, of: summary.of }, { mode: 'rerun', of: [run] });
    assert.deepEqual(
      {
        selectedRead: summary.selected?.read,
        delivered: summary.selected?.delivered,
        failed: summary.selected?.failed,
        USDRead: summary.selected?.amount?.USD?.read,
      },
      { selectedRead: 2, delivered: 1, failed: 1, USDRead: '3.00' },
    );
    assert.deepEqual(
      summary.errors.map(({ code, rows }) => [code, rows]),
      [['PUSH_REFUSED', 1]],
    );
    assert.equal(summary.operations.total, 2);
  });

  it('says what to type next', async () => {
    const next = async (columns: Record<string, unknown>, records?: number): Promise<string | null> => {
      const run = await makeRun(db, columns);
      await makeFile(db, run, { rows: [{}], columns: records === undefined ? {} : { records } });
      return (await summarize(run)).next?.replace(run, 'RUN') ?? null;
    };
    assert.equal(await next({}), null);
    assert.equal(await next({ status: 'interrupted', exit_code: 4, stage: 'push' }), 'pointferry resume RUN');
    assert.equal(await next({ status: 'failed', exit_code: 3, stage: 'push' }), 'pointferry resume RUN');
    assert.equal(await next({ status: 'stopped', exit_code: 2 }), 'pointferry resume RUN --accept-threshold');
    assert.equal(await next({ status: 'failed', exit_code: 70 }, 2), 'pointferry doctor');
  });

  it('tells how much of the tightest limit was used while it was sending, nights between left out', async () => {
    const run = await makeRun(db, {
      account_definition: {
        ...accountDefinition,
        windows: [
          { limit: 10, per: '1s' },
          { limit: 1000, per: '1d' },
        ],
      },
    });
    const { operations } = await makeFile(db, run, { rows: Array.from({ length: 41 }, () => ({})) });
    for (const [index, operation] of operations.entries()) {
      const at = new Date(Date.UTC(2026, 4, 12, index > 20 ? 8 : 7, 0, 0) + index * 100);
      if (operation) await makeAttempt(db, operation, run, { intended_at: at, ms: index, ended_at: at });
    }
    const { requests } = await summarize(run);
    assert.equal(requests.sent, 41);
    assert.ok(requests.limitUsed > 0.28 && requests.limitUsed < 0.32, String(requests.limitUsed)); // 4 s of sending + 10 s of a gap
    assert.equal(requests.p50Ms, 20);
  });
});
