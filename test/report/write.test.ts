import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, writeFile as put, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { withClient } from '../../src/db/pool.ts';
import { identityOf } from '../../src/ground/process.ts';
import { writeFile } from '../../src/report/files/csv.ts';
import { partName } from '../../src/report/files/part.ts';
import { writeRunFiles } from '../../src/report/files/write.ts';
import { cloneDatabase } from '../support/postgres.ts';
import { makeFile, makeRun } from '../world/ledger.ts';

const { db } = await cloneDatabase();

async function folderFor(t: TestContext): Promise<string> {
  const parent = await mkdtemp(path.join(tmpdir(), 'pointferry-report-'));
  t.after(() => rm(parent, { recursive: true, force: true }));
  return path.join(parent, 'runs', 'one');
}

/** A disk of its own inside a fresh folder, or null where this machine does not let us. */
async function smallDisk(t: TestContext, size: string): Promise<string | null> {
  const folder = await mkdtemp(path.join(tmpdir(), 'pointferry-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]).status === 0;
  t.after(async () => {
    if (mounted) spawnSync('umount', [folder]);
    await rm(folder, { recursive: true, force: true });
  });
  return mounted ? folder : null;
}

const mode = async (file: string): Promise<string> => ((await stat(file)).mode & 0o777).toString(8);

async function someRun(): Promise<string> {
  const run = await makeRun(db, { status: 'completed_with_errors', exit_code: 1 });
  await makeFile(db, run, {
    rows: [
      { amount: '12.50' },
      { amount: '1.00', bucket: 'rejected', errors: [{ code: 'NORMALIZE_REQUIRED', field: 'member_id' }] },
      { amount: '3.00', bucket: 'parked' },
    ],
  });
  return run;
}

describe('the files of a run', () => {
  it('are private, whole, and named with their sums by summary.json', async (t) => {
    const folder = await folderFor(t);
    const run = await someRun();
    const { summary } = await writeRunFiles(db, run, folder, { allFiles: true });
    assert.deepEqual((await readdir(folder)).sort(), [
      'errors.csv',
      'pending.csv',
      'report.html',
      'skipped.csv',
      'success.csv',
      'summary.json',
      'summary.txt',
    ]);
    assert.equal(await mode(folder), '700');
    for (const name of await readdir(folder)) assert.equal(await mode(path.join(folder, name)), '600', name);
    const written = JSON.parse(await readFile(path.join(folder, 'summary.json'), 'utf8'));
    assert.deepEqual(written, JSON.parse(JSON.stringify(summary)));
    assert.equal(written.outputs.length, 6);
    for (const { name, sha256, bytes } of written.outputs) {
      const content = await readFile(path.join(folder, name));
      assert.deepEqual(
        [createHash('sha256').update(content).digest('hex'), content.length],
        [sha256, bytes],
        name,
      );
    }
    assert.deepEqual(
      written.outputs
        .filter(({ rows }: { rows: number }) => rows > 0)
        .map(({ name }: { name: string }) => name),
      ['errors.csv', 'pending.csv', 'success.csv'],
    );
  });

  it('keep their version until they say something new', async (t) => {
    const folder = await folderFor(t);
    const run = await someRun();
    const versions = [];
    versions.push((await writeRunFiles(db, run, folder)).summary.version);
    versions.push((await writeRunFiles(db, run, folder)).summary.version);
    await withClient(db, (client) =>
      client.query(
        `update pointferry.operation set state = 'rejected', code = 'NORMALIZE_MEMBER_UNKNOWN', settled_at = now()
          where run = $1 and state = 'parked'`,
        [run],
      ),
    );
    versions.push((await writeRunFiles(db, run, folder)).summary.version);
    versions.push((await writeRunFiles(db, run, folder)).summary.version);
    const elsewhere = await folderFor(t);
    versions.push((await writeRunFiles(db, run, elsewhere)).summary.version);
    assert.deepEqual(versions, [1, 1, 2, 2, 2]);
  });

  it('leave nothing half-written behind: neither of a writer that died nor of one that failed', async (t) => {
    const folder = await folderFor(t);
    const run = await someRun();
    await writeRunFiles(db, run, folder);
    const own = await partName('errors.csv');
    const { start } = await identityOf(process.pid);
    const parts = {
      died: own.replace(`.${process.pid}.`, '.99999999.'),
      pidReused: own.replace(`.${process.pid}.${start}.`, `.${process.ppid}.1.`),
      elsewhereAndSilent: '.errors.csv.1.1.0123456789abcdef.part',
      elsewhere: '.pending.csv.1.1.0123456789abcdef.part',
    };
    for (const name of Object.values(parts)) await put(path.join(folder, name), 'half');
    const longAgo = new Date(Date.now() - 7_200_000);
    await utimes(path.join(folder, parts.elsewhereAndSilent), longAgo, longAgo);
    await writeRunFiles(db, run, folder);
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.startsWith('.')),
      [parts.elsewhere],
    );
    await rm(path.join(folder, parts.elsewhere));

    await put(path.join(folder, 'errors.csv'), 'old');
    const failing = writeFile(folder, 'errors.csv', async (write) => {
      await write('new');
      throw new Error('the consumer failed');
    });
    await assert.rejects(failing, /the consumer failed/);
    assert.equal(await readFile(path.join(folder, 'errors.csv'), 'utf8'), 'old');
    assert.ok((await readdir(folder)).every((name) => !name.startsWith('.')));
  });

  it('say so when the disk is full, and promote nothing that is not whole', async (t) => {
    const folder = await smallDisk(t, '256k');
    if (!folder) return t.skip('mounting a small disk is not allowed here');
    const run = await someRun();
    await writeRunFiles(db, run, folder);
    const before = await readFile(path.join(folder, 'errors.csv'), 'utf8');
    const bad = {
      bucket: 'rejected' as const,
      cells: ['x'.repeat(2000)],
      errors: [{ code: 'NORMALIZE_REQUIRED' }],
    };
    await makeFile(db, run, { header: ['transaction_id'], rows: Array.from({ length: 200 }, () => bad) });
    await assert.rejects(writeRunFiles(db, run, folder), {
      code: 'REPORT_NOT_WRITTEN',
      exitCode: 3,
      message: 'errors-2.csv could not be written: the disk is full',
    });
    const names = await readdir(folder);
    assert.ok(!names.includes('summary.json'), 'a folder that is not whole has no summary.json');
    assert.ok(!names.includes('errors-2.csv') && names.every((name) => !name.startsWith('.')), names.join());
    assert.equal(await readFile(path.join(folder, 'errors.csv'), 'utf8'), before);
  });

  it('hold nothing for success where the pipeline says none, and whole rows where it says full', async (t) => {
    const run = await someRun();
    const none = await folderFor(t);
    await writeRunFiles(db, run, none, { success: 'none' });
    assert.ok(!(await readdir(none)).includes('success.csv'));
    const full = await folderFor(t);
    await writeRunFiles(db, run, full, { success: 'full' });
    assert.match(
      await readFile(path.join(full, 'success.csv'), 'utf8'),
      /"transaction_id".*"_platform_id".*\r\n"cell 1.1"/,
    );
  });
});
