/** Every kind of text that gets into an index of the ledger, or of the tables that a run normalizes in. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { withClient } from '../../src/db/pool.ts';
import { importMembers } from '../../src/normalize/members.ts';
import { releaseParked } from '../../src/normalize/release.ts';
import type { Pipeline } from '../../src/pipeline/types.ts';
import { cloneDatabase } from '../support/postgres.ts';
import {
  account,
  addMembers,
  flat,
  flatHeader,
  kindOf,
  lines,
  linesHeader,
  normalize,
  operationsOf,
  rowsOf,
  stagedRun,
} from './support.ts';

const { db } = await cloneDatabase();

/** 4,500 bytes that do not compress, as base64. */
const long = () => randomBytes(4_500).toString('base64');
const sale = (id: string, member = 'm1') => [id, member, 'purchase', '1.00', '2026-05-11 14:02'];

await addMembers(db, { m1: 'mem_1', old: long() });

const program: Pipeline = {
  account: 'sticky-test',
  operation: 'stickystreet.program',
  source: { kind: 'local', path: 'x' },
  businessDate: { run: true },
  columns: {
    membership_program_id: { from: 'id' },
    membership_program_name: { from: 'name' },
    membership_style: { constant: 'A' },
    membership_time_range: { constant: '1', as: 'integer' },
    membership_time_unit: { constant: 'Y' },
    membership_custom_qualifier_name: { from: 'name' },
    membership_campaigns_included: { from: 'id' },
  },
};
const phoned: Pipeline = {
  ...flat,
  columns: { ...flat.columns, member: { from: 'member_id', as: 'phone', region: 'US' } },
};
const composed: Pipeline = {
  ...flat,
  identity: { source: 'both', columns: ['transaction_id', 'member_id'] },
};
const acrossFiles: Pipeline = { ...lines, group: { by: 'transaction_id', across: 'files' } };

const half = (letter: string) => letter.repeat(300);
const cases: readonly (readonly [
  what: string,
  pipeline: Pipeline,
  header: readonly string[],
  rows: (text: string) => readonly string[][],
  code: string,
  field: string,
])[] = [
  [
    'a program id',
    program,
    ['id', 'name'],
    (text) => [
      ['1', 'one'],
      [text, 'two'],
      ['3', 'three'],
    ],
    'NORMALIZE_TOO_LONG',
    'id',
  ],
  [
    'a phone number, which is looked up in a table of the run',
    phoned,
    flatHeader,
    (text) => [sale('p1', '+12125550100'), sale('p2', text), sale('p3', '+12125550101')],
    'NORMALIZE_NOT_A_PHONE',
    'member_id',
  ],
  [
    'an identity of two columns, each of which is short enough',
    composed,
    flatHeader,
    () => [sale('c1'), sale(half('x'), half('y')), sale('c3')],
    'NORMALIZE_TOO_LONG',
    'transaction_id+member_id',
  ],
  [
    'a key that reaches across files',
    acrossFiles,
    linesHeader,
    (text) => [
      [...sale('g1'), 's'],
      [...sale(text), 's'],
      [...sale('g3'), 's'],
    ],
    'NORMALIZE_TOO_LONG',
    'transaction_id',
  ],
  [
    'an id of the crosswalk that was imported before there was a limit',
    flat,
    flatHeader,
    () => [sale('x1'), sale('x2', 'old'), sale('x3')],
    'NORMALIZE_TOO_LONG',
    'member_id',
  ],
];
for (const [what, pipeline, header, rows, code, field] of cases) {
  test(`${what}: its row alone is rejected`, async () => {
    const run = await stagedRun(db, pipeline, [{ header, rows: rows(long()) }]);
    await normalize(db, run);
    const [first, second, third] = await rowsOf(db, run);
    assert.deepEqual(
      { firstRole: first?.role, secondRole: second?.role, thirdRole: third?.role },
      { firstRole: 'carries', secondRole: 'rejected', thirdRole: 'carries' },
    );
    assert.deepEqual({ codes: second?.codes, fields: second?.fields }, { codes: [code], fields: [field] });
  });
}

test('512 bytes after cleaning are taken, 513 are not; bytes count, not letters', async () => {
  const run = await stagedRun(db, flat, [
    {
      header: flatHeader,
      rows: [sale(` ${'a'.repeat(512)} `), sale('a'.repeat(513)), sale('ä'.repeat(257))],
    },
  ]);
  await normalize(db, run);
  assert.deepEqual(
    (await rowsOf(db, run)).map((row) => row.role),
    ['carries', 'rejected', 'rejected'],
  );
});

test('a parked operation whose member has an id that is too long stays parked, and holds no other up', async () => {
  const run = await stagedRun(
    db,
    flat,
    [{ header: flatHeader, rows: [sale('w1', 'late1'), sale('w2', 'late2')] }],
    'waits',
  );
  await normalize(db, run);
  await addMembers(db, { late1: long(), late2: 'mem_2' });
  const scope = { account, pipeline: 'waits', by: run.id };
  assert.equal((await releaseParked(db, scope, kindOf('hang.activity'))).released, 1);
  assert.deepEqual(
    (await operationsOf(db, run)).map(({ state }) => state),
    ['parked', 'ready'],
  );
});

test('members import names the lines that it cannot take, and takes the others', async () => {
  const line = (n: number, key: string, memberId: string, keyType = 'id') => ({
    line: n,
    key,
    memberId,
    keyType,
  });
  const keys = [
    line(2, long(), 'a'),
    line(3, 'k3', long()),
    line(4, 'k4', 'a', long()),
    line(5, 'k\u0000', 'a'),
    line(6, 'k6', 'a'),
  ];
  const done = await importMembers(db, account, keys, [], 'tester');
  assert.deepEqual(done, { added: 1, known: 0, conflicts: [], unreadable: [5], tooLong: [2, 3, 4] });
});

test('a refusal whose code is as long as its answer is a group like any other', async () => {
  const { numberGroups } = await import('../../src/report/findings/groups.ts');
  const run = await stagedRun(db, flat, [{ header: flatHeader, rows: [sale('e1'), sale('e2')] }]);
  await normalize(db, run);
  const platformCode = long();
  await withClient(db, (client) =>
    client.query(
      `update pointferry.operation set state = 'failed', code = 'PUSH_REFUSED', settled_at = clock_timestamp(), settled_by = $1, platform_code = $2
       where run = $1`,
      [run.id, platformCode],
    ),
  );
  await numberGroups(db, run.id);
  const { rows } = await withClient(db, (client) =>
    client.query(
      `select g.number, count(*) as rows from pointferry.error_group g join pointferry.row_fault f using (run, code, field, platform_code)
       where g.run = $1 group by 1`,
      [run.id],
    ),
  );
  assert.deepEqual(rows, [{ number: 1, rows: 2 }]);
});
