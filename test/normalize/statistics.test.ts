import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withClient } from '../../src/db/pool.ts';
import { importMembers } from '../../src/normalize/members.ts';
import { cloneDatabase } from '../support/postgres.ts';
import { account, flat, flatHeader, normalize, stagedRun } from './support.ts';

const { db } = await cloneDatabase();
const many = 1_000;
const each = <T>(fn: (i: number) => T): T[] => Array.from({ length: many }, (_none, i) => fn(i));

/** Tables that the planner knows something of. */
async function known(): Promise<string[]> {
  const { rows } = await withClient(db, (client) =>
    client.query<{ tablename: string }>(
      `select distinct tablename::text from pg_stats where schemaname = 'pointferry' order by 1`,
    ),
  );
  return rows.map(({ tablename }) => tablename);
}

test('what is put into the ledger by the thousand is analyzed before anything joins it', async () => {
  const keys = each((i) => ({ keyType: 'id', key: `m${i}`, memberId: `mem_${i}`, line: i + 2 }));
  await importMembers(db, account, keys, [], 'ann');
  assert.ok((await known()).includes('crosswalk'));
  const rows = each((i) => [`t${i}`, `m${i}`, 'purchase', '1.00', '2026-05-11 14:02']);
  await normalize(db, await stagedRun(db, flat, [{ header: flatHeader, rows }]));
  const names = await known();
  for (const table of ['lane', 'operation', 'row']) assert.ok(names.includes(table), table);
});
