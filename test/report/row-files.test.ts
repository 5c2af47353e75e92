import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { parse } from 'csv-parse/sync';
import { withClient } from '../../src/db/pool.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { readRun } from '../../src/ledger/run.ts';
import { type RowFile, writeRowFiles, writeSuccess } from '../../src/report/files/errors-csv.ts';
import { cloneDatabase } from '../support/postgres.ts';
import { makeFile, makeRun } from '../world/ledger.ts';

const { db } = await cloneDatabase();

async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'pointferry-report-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function write(t: TestContext, run: string, name: RowFile = 'errors', mask = false): Promise<string> {
  const folder = await folderFor(t);
  await inTransaction(db, async (client) =>
    writeRowFiles(client, await readRun(client, run), folder, name, { mask }),
  );
  return folder;
}

async function readTable(folder: string, name = 'errors.csv'): Promise<Record<string, string>[]> {
  return parse(await readFile(path.join(folder, name)), { bom: true, columns: true });
}

describe('pending.csv, skipped.csv and success.csv', () => {
  it('hold the rows of their buckets, each row in exactly one file', async (t) => {
    const run = await makeRun(db, {
      status: 'running',
      exit_code: null,
      stage: 'normalize',
      finished_at: null,
    });
    const bad = { errors: [{ code: 'NORMALIZE_REQUIRED' }] };
    const made = await makeFile(db, run, {
      header: ['a'],
      rows: [
        { bucket: 'delivered', operation: { identity: 'pos:1', platform_id: 'act_1' } },
        { bucket: 'unchanged' },
        { bucket: 'duplicate' },
        { bucket: 'filtered' },
        { bucket: 'rejected', ...bad },
        { bucket: 'failed' },
        { bucket: 'unknown' },
        { bucket: 'parked' },
        { bucket: 'pending' },
        { bucket: 'pending', operation: { state: 'in_doubt', doubt_since: '2026-05-12T07:40:00Z' } },
        { bucket: 'raw', cells: ['only raw'] },
      ],
      columns: { normalized_at: null },
    });
    const errors = await readTable(await write(t, run));
    const pending = await readTable(await write(t, run, 'pending'), 'pending.csv');
    const skipped = await readTable(await write(t, run, 'skipped'), 'skipped.csv');
    const ids = (rows: Record<string, string>[]): string[] => rows.map((row) => row._record ?? '');
    assert.deepEqual(ids(errors), ['5', '6', '7']);
    assert.deepEqual(ids(pending), ['8', '9', '10', '11']);
    assert.deepEqual(ids(skipped), ['2', '3', '4']);
    assert.deepEqual(
      pending.map((row) => row._reason),
      [
        'the member is not in the crosswalk',
        'not tried yet',
        'sent, no definite answer yet',
        'not looked at yet',
      ],
    );
    assert.equal(pending[3]?.a, 'only raw');

    const folder = await folderFor(t);
    await inTransaction(db, async (client) =>
      writeSuccess(client, await readRun(client, run), folder, false),
    );
    assert.equal(
      await readFile(path.join(folder, 'success.csv'), 'utf8'),
      `\uFEFF"_row_id","_identity","_platform_id"\r\n"${made.id}-1","pos:1","act_1"\r\n`,
    );
  });

  it('stream: rows by the thousand come in order', async (t) => {
    const run = await makeRun(db);
    const file = await makeFile(db, run, { header: ['a'] });
    const count = 20_000;
    await withClient(db, async (client) => {
      const { rows } = await client.query('select raw_table from pointferry.file where id = $1', [file.id]);
      await client.query(
        `insert into pointferry_staging."${rows[0]?.raw_table}" select i, i + 1, 'c' || i from generate_series($1::int, 1, -1) i`,
        [count],
      );
      await client.query(
        `insert into pointferry.row (file, record, line, role) select $1, i, i + 1, 'filtered' from generate_series(1, $2::int) i`,
        [file.id, count],
      );
      await client.query('update pointferry.file set records = $2 where id = $1', [file.id, count]);
    });
    const rows = await readTable(await write(t, run, 'skipped'), 'skipped.csv');
    assert.equal(rows.length, count);
    assert.ok(rows.every((row, index) => row.a === `c${index + 1}` && row._record === String(index + 1)));
  });
});
