import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { dumpSchema } from '../../src/db/schema-dump.ts';
import { sqlFolder } from '../../src/db/sql.ts';
import { cloneDatabase } from '../support/postgres.ts';

const { db } = await cloneDatabase();

test('sql/schema.sql is what the migrations and functions make', async () => {
  const file = path.join(sqlFolder, 'schema.sql');
  const dumped = await dumpSchema(db);
  if (process.env.SCHEMA_DUMP === 'write') writeFileSync(file, dumped);
  assert.equal(dumped, readFileSync(file, 'utf8'), 'npm run schema:dump writes it');
});
