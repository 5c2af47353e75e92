/** Writes the files of a run, from one snapshot; can be asked again, from any machine, and never depends on who ran. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { failpoint } from '../../db/failpoint.ts';
import type { Client, Db } from '../../db/pool.ts';
import { run as query, runMaybe } from '../../db/sql.ts';
import { inTransaction } from '../../db/transaction.ts';
import { PointferryError } from '../../ground/errors.ts';
import { numberGroups } from '../findings/groups.ts';
import { type Findings, figuresOf, findingsOf, type Summary, summaryOf } from '../findings/summary.ts';
import { writeWithdrawn } from '../findings/withdrawn.ts';
import { summaryText } from '../text/summary.ts';
import { type Output, writeFile } from './csv.ts';
import { writeRowFiles, writeSuccess } from './errors-csv.ts';
import { reportHtml } from './html.ts';

export interface WriteOptions {
  /** pending.csv and skipped.csv too. */
  readonly allFiles?: boolean;
  /** What success.csv holds; default what the run's definition says, else ids. */
  readonly success?: 'none' | 'ids' | 'full';
  /** Masks cells in the CSV files; such files cannot be read back. */
  readonly mask?: boolean;
}

export interface Written {
  readonly folder: string;
  readonly findings: Findings;
  readonly summary: Summary;
  /** As summary.txt has it, for the screen. */
  readonly text: readonly string[];
}

/**
 * Writes all files of a run into `folder` (0700, made where it is not there), each beside itself and renamed,
 * summary.json last: a folder without it is not whole. Where the files say something else than they said last, on whatever
 * machine that was, the run's version rises. Throws REPORT_NOT_WRITTEN (disk full, rights), CONFIG_USAGE for an unknown run, DatabaseError.
 */
export async function writeRunFiles(
  db: Db,
  runId: string,
  folder: string,
  options: WriteOptions = {},
): Promise<Written> {
  await prepare(folder);
  await numberGroups(db, runId);
  // Runs again as a whole when the connection is lost: writing a file twice is the same as once.
  const written = await inSnapshot(db, async (client) => {
    const found = await findingsOf(client, runId);
    const findings = { ...found, run: { ...found.run, version: await versionOf(client, found) } };
    // The old summary names files that are about to change.
    await rm(path.join(folder, 'summary.json'), { force: true });
    failpoint('report/before-files');
    const tables = await writeTables(client, findings, folder, options);
    const text = summaryText(findings, { folder, outputs: named(tables) });
    const outputs = [
      ...tables,
      await writeText(folder, 'report.html', await reportHtml(client, findings)),
      await writeText(folder, 'summary.txt', `${text.join('\n')}\n`),
    ];
    return { folder, findings, summary: summaryOf(findings, outputs), text };
  });
  await keep(db, written.findings);
  failpoint('report/before-summary');
  await writeText(folder, 'summary.json', `${JSON.stringify(written.summary, null, 2)}\n`);
  failpoint('report/after-summary');
  return written;
}

/** What the files would say, without writing any. */
export async function findingsIn(db: Db, runId: string): Promise<Findings> {
  await numberGroups(db, runId);
  return await inSnapshot(db, (client) => findingsOf(client, runId));
}

/** One snapshot for all that is read; long enough for a million rows. */
export const inSnapshot = <T>(db: Db, fn: (client: Client) => Promise<T>): Promise<T> =>
  inTransaction(db, fn, { isolation: 'repeatable read', readOnly: true, statementTimeoutMs: 600_000 });

async function writeTables(
  client: Client,
  { run, withdrawn }: Findings,
  folder: string,
  options: WriteOptions,
): Promise<Output[]> {
  const mask = { mask: options.mask === true };
  const outputs = await writeRowFiles(client, run, folder, 'errors', mask);
  if (options.allFiles) {
    outputs.push(...(await writeRowFiles(client, run, folder, 'pending', mask)));
    outputs.push(...(await writeRowFiles(client, run, folder, 'skipped', mask)));
  }
  outputs.push(...(await writeWithdrawn(client, run, withdrawn, folder, mask.mask)));
  const success = options.success ?? run.definition.success ?? 'ids';
  if (success !== 'none')
    outputs.push(...(await writeSuccess(client, run, folder, success === 'full', mask)));
  return outputs;
}

/** What the end of a run names: for people, so with the number of rows where there are some. */
const named = (outputs: readonly Output[]): { name: string; rows?: number }[] => [
  { name: 'report.html' },
  ...outputs.map(({ name, rows }) => ({ name, rows })),
];

const writeText = (folder: string, name: string, text: string): Promise<Output> =>
  writeFile(folder, name, async (write) => {
    await write(text);
    return 0;
  });

/** Makes the folder, and takes away what a writer that died has left beside the files. */
async function prepare(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(folder)) {
      const pid = /^\..+\.(\d+)\.part$/.exec(name)?.[1];
      if (pid !== undefined && !lives(Number(pid))) await rm(path.join(folder, name), { force: true });
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new PointferryError('REPORT_NOT_WRITTEN', `the folder ${folder} could not be made: ${code}`, {
      cause: error,
    });
  }
}

function lives(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** What the files say, whenever they are made and however long that takes: when this changes, there is news. */
function saidBy(findings: Findings): string {
  const news = { ...summaryOf(findings), version: 0, asOf: '', seconds: {} };
  return createHash('sha256').update(JSON.stringify(news)).digest('hex');
}

/** The version of the files that are about to be written: the next one where they say something new. */
async function versionOf(client: Client, findings: Findings): Promise<number> {
  const { id, version } = findings.run;
  const before = await runMaybe<{ said: string | null }>(client, 'report/said-before', { run: id });
  return before && before.said !== saidBy(findings) ? version + 1 : version;
}

/** Kept for the next version, for other runs to be compared with, and for `status`. */
async function keep(db: Db, findings: Findings): Promise<void> {
  const { id, version, asOf } = findings.run;
  const figures = JSON.stringify({ ...figuresOf(findings), said: saidBy(findings) });
  await inTransaction(
    db,
    async (client) => {
      await query(client, 'report/keep-figures', { run: id, asOf, figures });
      await query(client, 'report/set-version', { run: id, version });
    },
    { idempotent: true },
  );
}
