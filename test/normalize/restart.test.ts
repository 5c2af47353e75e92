/** Normalize may die between any two of its transactions; what it does again is what was not marked, and nothing else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withClient } from '../../src/db/pool.ts';
import { rowsOfRun } from '../../src/normalize/rows-of-run.ts';
import { normalizeRun } from '../../src/normalize/run.ts';
import type { Pipeline } from '../../src/pipeline/types.ts';
import { cloneDatabase } from '../support/postgres.ts';
import {
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
await addMembers(db, { m1: 'mem_1' });

const rowsFor = (prefix: string, count: number, perGroup: number): string[][] =>
  Array.from({ length: count }, (_, index) => [
    `${prefix}${Math.floor(index / perGroup)}`,
    index % 7 === 0 ? 'nobody' : 'm1',
    index % 5 === 0 ? 'refund' : 'purchase',
    index % 11 === 0 ? 'x' : '1.00',
    '2026-05-11 14:02',
    'sku',
  ]);

class Died extends Error {}

for (const [name, pipeline, header, perGroup] of [
  ['rows', flat, flatHeader, 1],
  ['groups', lines, linesHeader, 3],
] as const) {
  test(`restarted after every transaction, ${name} come out as in one go`, async () => {
    const definition: Pipeline = { ...pipeline, where: { type: { not: 'refund' } } };
    const files = (prefix: string) =>
      [0, 1].map((n) => ({
        header,
        rows: rowsFor(`${prefix}${n}-`, 60, perGroup).map((row) => row.slice(0, header.length)),
      }));
    const whole = await stagedRun(db, definition, files(`whole-${name}-`));
    await normalize(db, whole);
    const broken = await stagedRun(db, definition, files(`broken-${name}-`));
    let lives = 1;
    for (; lives < 60; lives++) {
      const die = new AbortController();
      try {
        await normalizeRun(
          db,
          broken,
          { kind: kindOf('hang.activity'), rows: rowsOfRun(broken.id) },
          {
            signal: die.signal,
            chunk: 7,
            progress: () => die.abort(new Died()),
            beforeLedger: async () => {
              if (lives === 1) throw new Died();
            },
          },
        );
        break;
      } catch (error) {
        if (!(error instanceof Died)) throw error;
      }
    }
    assert.ok(lives > 5 && lives < 60, `${lives} lives`);
    const shape = (found: Awaited<ReturnType<typeof rowsOf>>) =>
      found.map(({ record, role, bucket, amount, codes, reasons }) => ({
        record,
        role,
        bucket,
        amount,
        codes,
        reasons,
      }));
    assert.deepEqual(shape(await rowsOf(db, broken)), shape(await rowsOf(db, whole)));
    const sent = (found: Awaited<ReturnType<typeof operationsOf>>) =>
      found.map(({ record, payload, state, value }) => ({ record, payload, state, value }));
    assert.deepEqual(sent(await operationsOf(db, broken)), sent(await operationsOf(db, whole)));
    const left = await withClient(db, (client) =>
      client.query(
        `select 1 from pg_tables where schemaname = 'pointferry_staging' and tablename like '%\\_' || $1`,
        [broken.id],
      ),
    );
    assert.equal(left.rowCount, 0, 'the tables of the run are gone');
    assert.equal(await normalize(db, broken), null, 'a finished run is left as it is');
  });
}
