import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { withClient } from '../../src/db/pool.ts';
import { bindHeader } from '../../src/stage/header.ts';
import { landFile } from '../../src/stage/land.ts';
import type { Landed, Landing, LandingRun, Shape } from '../../src/stage/landing.ts';
import { note } from '../../src/stage/notes.ts';
import { delimited } from '../../src/stage/parse/index.ts';
import { cloneDatabase } from '../support/postgres.ts';
import { newOwner, newRun } from '../world/held-runs.ts';

const { db } = await cloneDatabase();
const owner = await newOwner(db);
const options = {
  allowAgain: false,
  asNew: false,
  signal: new AbortController().signal,
  progress: () => undefined,
};

const land = (run: LandingRun, file: Landing, shape: Shape, how = options): Promise<Landed> =>
  landFile(db, { run, file, shape, options: how });

const file = (name: string, content: string | Buffer): Landing => ({
  name,
  path: `/in/${name}`,
  businessDate: null,
  dated: false,
  sha256: 'as received',
  contentSha256: createHash('sha256').update(content).digest('hex'),
  bytes: content.length,
  open: async function* () {
    yield Buffer.from(content);
  },
});

const shape = (needed: string[], over: Partial<Shape> = {}): Shape => ({
  format: delimited({}),
  bind: (names) =>
    bindHeader(
      names,
      needed.map((name) => ({ name, required: true })),
    ),
  amountSums: (table) =>
    `select 'USD' as currency, coalesce(sum(amount::numeric), 0)::text as sum, count(*)::int as rows, 0 as unreadable from pointferry_staging.${table}`,
  trailer: null,
  atLeast: null,
  state: false,
  keyless: false,
  ...over,
});

const rows = async <R>(sql: string, values: unknown[] = []): Promise<R[]> =>
  (await withClient(db, (client) => client.query<R>(sql, values))).rows;

test('a file lands with its rows, its count and its sums, and the damaged record apart with its bytes', async () => {
  const run = await newRun(db, owner, { pipeline: 'lands' });
  const landed = await land(
    run,
    file('a.csv', 'id,amount\n1,2.50\n2,3.25,extra\n3,0.001\n'),
    shape(['id', 'amount']),
  );
  assert.deepEqual(
    { verdict: landed.verdict, records: landed.records, damaged: landed.damaged },
    { verdict: 'staged', records: 3, damaged: 1 },
  );
  const [facts] = await rows<{ records: number; amounts: unknown; raw_table: string; header: unknown }>(
    'select records, amounts, raw_table, header from pointferry.file where id = $1',
    [landed.file],
  );
  assert.deepEqual(facts?.amounts, { USD: { sum: '2.501', rows: 2, unreadable: 0 } });
  assert.deepEqual(facts?.header, ['id', 'amount']);
  assert.deepEqual(
    await rows(`select _record, _line, id, amount from pointferry_staging.${facts?.raw_table} order by 1`),
    [
      { _record: 1, _line: 2, id: '1', amount: '2.50' },
      { _record: 3, _line: 4, id: '3', amount: '0.001' },
    ],
  );
  const damaged = await rows<{ code: string; raw: Buffer; line: number }>(
    `select e.code, d.raw, r.line from pointferry.row r join pointferry.row_error e using (file, record)
       join pointferry.damaged d using (file, record) where r.file = $1`,
    [landed.file],
  );
  assert.deepEqual(
    damaged.map((row) => [row.code, row.raw.toString(), row.line]),
    [['STAGE_COLUMN_COUNT', '2,3.25,extra', 3]],
  );
});

test('the same content under another name is a duplicate, named with the earlier run, and allowed only on request', async () => {
  const first = await newRun(db, owner, { pipeline: 'again' });
  await land(first, file('a.csv', 'id,amount\n1,1\n'), shape(['id', 'amount']));
  await rows('update pointferry.run set owner = null where id = $1', [first.id]);
  const second = await newRun(db, owner, { pipeline: 'again' });
  const again = await land(second, file('b.csv', 'id,amount\n1,1\n'), shape(['id', 'amount']));
  assert.deepEqual(
    { verdict: again.verdict, earlierRun: again.earlierRun, records: again.records },
    { verdict: 'duplicate', earlierRun: first.id, records: 0 },
  );
  const allowed = await land(second, file('b.csv', 'id,amount\n1,1\n'), shape(['id', 'amount']), {
    ...options,
    allowAgain: true,
  });
  assert.equal(allowed.verdict, 'staged');
});

test('a state file may come back: under a later date in its name, or after another content under its name', async () => {
  const state = shape(['id', 'amount'], { state: true });
  const verdicts = [];
  for (const [name, businessDate, value] of [
    ['m_1.csv', '2026-05-01', 'A'],
    ['m_2.csv', '2026-05-02', 'B'],
    ['m_3.csv', '2026-05-03', 'A'], // goes back: a change
    ['copy_of_m_1.csv', '2026-05-01', 'A'], // the same day again
    ['members.csv', null, 'C'],
    ['members.csv', null, 'D'], // overwritten
    ['members.csv', null, 'C'], // and back
    ['members.csv', null, 'C'], // lies there still
    ['copy.csv', null, 'D'], // a copy of an old one
  ] as const) {
    await rows('update pointferry.run set owner = null where owner is not null and pipeline = $1', ['back']);
    const night = await newRun(db, owner, { pipeline: 'back' });
    const landed = await land(night, { ...file(name, `id,amount\n${value},1\n`), businessDate }, state);
    verdicts.push(landed.verdict);
  }
  const [yes, no] = ['staged', 'duplicate'];
  assert.deepEqual(verdicts, [yes, yes, yes, no, yes, yes, yes, no, no]);
});

test('a run that goes on after a kill finds its own file landed', async () => {
  const run = await newRun(db, owner, { pipeline: 'goes-on' });
  const one = await land(run, file('a.csv', 'id,amount\n1,1\n'), shape(['id', 'amount']));
  const two = await land(run, file('a.csv', 'id,amount\n1,1\n'), shape(['id', 'amount']));
  assert.deepEqual({ verdict: two.verdict, file: two.file }, { verdict: 'staged', file: one.file });
});

test('nothing of a refused or empty file is visible, and the file says why', async () => {
  const run = await newRun(db, owner, { pipeline: 'refused' });
  const verdicts = [];
  for (const [name, content] of [
    ['empty.csv', ''],
    ['header-only.csv', 'id,amount\n'],
    ['missing.csv', 'id,value\n1,2\n'],
    ['page.csv', '<!DOCTYPE html><html><body>Please log in</body></html>'],
  ] as const) {
    const landed = await land(run, file(name, content), shape(['id', 'amount']));
    verdicts.push([landed.verdict, landed.code]);
  }
  assert.deepEqual(verdicts, [
    ['empty', 'READ_EMPTY'],
    ['empty', 'READ_EMPTY'],
    ['refused', 'STAGE_HEADER'],
    ['refused', 'STAGE_NOT_CSV'],
  ]);
  assert.deepEqual(
    await rows('select raw_table from pointferry.file where run = $1 and raw_table is not null', [run.id]),
    [],
  );
});

test('a trailer that contradicts the count refuses the file', async () => {
  const run = await newRun(db, owner, { pipeline: 'trailer' });
  const withTrailer = {
    format: delimited({ trailer: { first: 'T' } }),
    trailer: { count: 2, total: null, totalSql: null },
  };
  const content = (n: number) => `id,amount\n1,1\n2,2\nT,${n}\n`;
  const bad = await land(run, file('bad.csv', content(3)), shape(['id', 'amount'], withTrailer));
  const good = await land(run, file('good.csv', content(2)), shape(['id', 'amount'], withTrailer));
  assert.deepEqual(
    { badVerdict: bad.verdict, code: bad.code, goodVerdict: good.verdict, records: good.records },
    { badVerdict: 'refused', code: 'STAGE_TRAILER', goodVerdict: 'staged', records: 2 },
  );
});

test('a file of 2,000 columns keeps its cells in one array, hostile cells unharmed', async () => {
  const run = await newRun(db, owner, { pipeline: 'wide' });
  const names = Array.from({ length: 2000 }, (_, i) => `c${i}`);
  const cells = names.map((_, i) => (i === 7 ? '"NULL, {x} ""y"" \\"' : String(i)));
  const landed = await land(
    run,
    file('wide.csv', `${names.join(',')}\n${cells.join(',')}\n`),
    shape(['c7'], { amountSums: null }),
  );
  const [row] = await rows<{ cell: string; n: number }>(
    `select _cells[8] as cell, cardinality(_cells) as n from pointferry_staging.raw_${landed.file}`,
  );
  assert.deepEqual(row, { cell: 'NULL, {x} "y" \\', n: 2000 });
});

test.after(() => owner.end());

test('a process that was taken over meanwhile adds no file to the run, staged or only noted', async () => {
  const other = await newOwner(db);
  const run = await newRun(db, other, { pipeline: 'taken' });
  const late = { ...run, token: owner.token };
  const content = file('late.csv', 'id,amount\n1,1\n');
  await assert.rejects(land(late, content, shape(['id', 'amount'])), { code: 'RUN_LOST' });
  await assert.rejects(note(db, late, content, { verdict: 'unfinished' }), { code: 'RUN_LOST' });
  assert.deepEqual(await rows('select 1 from pointferry.file where run = $1', [run.id]), []);
  const landed = await land({ ...run, token: other.token }, content, shape(['id', 'amount']));
  assert.equal(landed.verdict, 'staged');
  await other.end();
});
