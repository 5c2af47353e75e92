/** Writes the files of a run from one snapshot: again and again, from any machine, without the process that ran. */
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { failpoint } from '../../db/failpoint.ts';
import type { Client, Db } from '../../db/pool.ts';
import { PointferryError } from '../../ground/errors.ts';
import { keepFigures, versionOf } from '../findings/figures.ts';
import { numberGroups } from '../findings/groups.ts';
import { inSnapshot } from '../findings/snapshot.ts';
import { type Findings, findingsOf, type Output, type Summary, summaryOf } from '../findings/summary.ts';
import { summaryText } from '../text/summary.ts';
import { writeFile } from './csv.ts';
import { writeRowFiles, writeSuccess } from './errors-csv.ts';
import { reportHtml } from './html.ts';
import { isLeftOver } from './part.ts';
import { writeWithdrawn } from './withdrawn-csv.ts';

export interface WriteOptions {
  /** pending.csv and skipped.csv too. */
  readonly allFiles?: boolean;
  /** What success.csv holds; by default what the run's definition says, else ids. */
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
 * Writes all files of a run into `folder` (0700, made if it is missing), each under another name and then renamed,
 * summary.json last: a folder without it is not whole. If the files say something else than last time, on whatever
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
  // Runs again as a whole if the connection is lost: writing a file twice is the same as once.
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
  await keepFigures(db, written.findings);
  failpoint('report/before-summary');
  await writeText(folder, 'summary.json', `${JSON.stringify(written.summary, null, 2)}\n`);
  failpoint('report/after-summary');
  return written;
}

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

/** What the end of a run names, with the number of rows. */
const named = (outputs: readonly Output[]): { name: string; rows?: number }[] => [
  { name: 'report.html' },
  ...outputs.map(({ name, rows }) => ({ name, rows })),
];

const writeText = (folder: string, name: string, text: string): Promise<Output> =>
  writeFile(folder, name, async (write) => {
    await write(text);
    return 0;
  });

/** Makes the folder, and removes what a dead writer left beside the files. */
async function prepare(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(folder))
      if (await isLeftOver(folder, name)) await rm(path.join(folder, name), { force: true });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new PointferryError('REPORT_NOT_WRITTEN', `the folder ${folder} could not be made: ${code}`, {
      cause: error,
    });
  }
}
