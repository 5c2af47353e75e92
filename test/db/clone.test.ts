import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withClient } from '../../src/db/pool.ts';
import { cloneDatabase } from '../support/postgres.ts';

const { db } = await cloneDatabase();

test('a clone of the template has the schema of this version', async () => {
  const { rows } = await withClient(db, (client) =>
    client.query<{ count: number }>('select count(*) from pointferry_migration.migration'),
  );
  assert.ok((rows[0]?.count ?? 0) > 0);
});

test('every clone is a database of its own', async (t) => {
  const other = await cloneDatabase(t);
  await withClient(db, (client) => client.query('create table only_here (n int)'));
  const found = await withClient(other.db, (client) => client.query(`select to_regclass('only_here') as it`));
  assert.deepEqual(found.rows, [{ it: null }]);
});
