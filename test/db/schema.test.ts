import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { dumpSchema } from '../../src/db/schema-dump.ts';
import { sqlFolder } from '../../src/db/sql.ts';
import { cloneDatabase } from '../support/postgres.ts';
import { schemaTypes } from './schema-types.ts';

const { db } = await cloneDatabase();

function holds(file: string, made: string): void {
  if (process.env.SCHEMA_DUMP === 'write') writeFileSync(file, made);
  assert.equal(made, readFileSync(file, 'utf8'), 'npm run schema:dump writes it');
}

test('sql/schema.sql is what the migrations and functions make', async () => {
  holds(path.join(sqlFolder, 'schema.sql'), await dumpSchema(db));
});

test('src/db/schema.ts has the columns of the schema', async () => {
  holds(path.join(sqlFolder, '../src/db/schema.ts'), await schemaTypes(db));
});
