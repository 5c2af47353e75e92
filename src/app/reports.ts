/** What became of every row, from the ledger. Nothing is sent, and no run changes. */

import path from 'node:path';
import type { Client } from '../db/pool.ts';
import { writeFilesOf } from '../flow/touched.ts';
import { PointferryError } from '../ground/errors.ts';
import { type Bucket, families } from '../ledger/buckets.ts';
import { filesOf, goneCells } from '../ledger/file.ts';
import { loadRun, readRun, resolveRun } from '../ledger/run.ts';
import { writeRowFiles } from '../report/files/errors-csv.ts';
import { type Written, writeRunFiles } from '../report/files/write.ts';
import { type FileNotTaken, filesNotTaken } from '../report/findings/files-not-taken.ts';
import { type Found, findValue } from '../report/findings/find.ts';
import { detailsOf, type GroupDetail } from '../report/findings/group-details.ts';
import { type ErrorGroup, findGroup, numberGroups } from '../report/findings/groups.ts';
import { type ListedRow, listRows } from '../report/findings/listed-rows.ts';
import { maskedDetail, type ShownGroup } from '../report/findings/masked-detail.ts';
import type { RowFilter } from '../report/findings/rows.ts';
import { findingsIn, inSnapshot } from '../report/findings/snapshot.ts';
import { latestRunId, type Status, statusOf, unknownRuns } from '../report/findings/status.ts';
import {
  type Findings,
  findingsOf,
  type Output,
  type Summary,
  summaryOf,
} from '../report/findings/summary.ts';
import type { App } from './app.ts';

/** Of every pipeline the worst open run, else the last one; accounts; all runs that are open. */
export const status = async (app: App): Promise<Status> =>
  inSnapshot(await app.db(), (client) => statusOf(client));

export interface RunFindings {
  readonly findings: Findings;
  readonly summary: Summary;
}

/** One run with its books, as they are now. */
export async function summary(app: App, word: string): Promise<RunFindings> {
  const db = await app.db();
  const run = await resolveRun(db, word);
  const findings = await inSnapshot(db, (client) => findingsOf(client, run));
  return { findings, summary: summaryOf(findings) };
}

/** Rows, operations and requests that are known by a value: a transaction, a member, a row id, a key, a request id. */
export const find = async (app: App, value: string, how: { readonly showValues: boolean }): Promise<Found> =>
  inSnapshot(await app.db(), (client) => findValue(client, value, how));

export interface FilesRequest {
  /** Absolute; without it the folder of the run. */
  readonly folder?: string | undefined;
  readonly allFiles: boolean;
  readonly mask: boolean;
}

/** Writes all files of a run again. */
export async function writeFiles(app: App, word: string, request: FilesRequest): Promise<Written> {
  const { folder, allFiles, mask } = request;
  const db = await app.db();
  const run = await loadRun(db, await resolveRun(db, word));
  await inSnapshot(db, (client) => warnOfGoneCells(client, app, run.id));
  return folder === undefined
    ? writeFilesOf({ ...app, db }, run, { allFiles, mask })
    : writeRunFiles(db, run.id, folder, { allFiles, mask });
}

/** What the files would say, without writing any. */
export async function previewFiles(app: App, word: string): Promise<RunFindings> {
  const db = await app.db();
  const run = await resolveRun(db, word);
  await inSnapshot(db, (client) => warnOfGoneCells(client, app, run));
  const findings = await findingsIn(db, run);
  return { findings, summary: summaryOf(findings) };
}

async function warnOfGoneCells(client: Client, { log }: App, run: string): Promise<void> {
  for (const words of goneCells(await filesOf(client, run))) log('warn', words, { run });
}

/** Which rows of a run that need attention. */
export interface ErrorsRequest {
  /** Null: the latest run. */
  readonly run: string | null;
  /** Only those of a group of errors. */
  readonly group: number | null;
  /** Only those whose outcome is unknown. */
  readonly unknown: boolean;
}

export interface Listing {
  /** Values as they are; without it they are masked. */
  readonly showValues: boolean;
  /** At most this many rows are listed. */
  readonly most: number;
}

export interface ErrorRows {
  readonly run: string;
  readonly pipeline: string;
  /** How many there are. */
  readonly total: number;
  readonly rows: readonly ListedRow[];
}

/** Rows that need attention, one by one, and files that were not taken. */
export const errorRows = (
  app: App,
  request: ErrorsRequest,
  listing: Listing,
): Promise<ErrorRows & { readonly files: readonly FileNotTaken[] }> =>
  ofRun(app, request.run, async (client, findings) => ({
    ...(await listed(client, findings, groupOf(findings, request.group), request, listing)),
    files: filesNotTaken(findings),
  }));

export interface ErrorGroups {
  readonly findings: Findings;
  readonly details: readonly GroupDetail[];
  /** The same with values masked, unless they are asked for. */
  readonly shown: readonly ShownGroup[];
  readonly files: readonly FileNotTaken[];
  /** Of the one group that was asked for. */
  readonly rows: ErrorRows | null;
}

/** Rows that need attention by cause; one cause with its rows. */
export const errorGroups = (app: App, request: ErrorsRequest, listing: Listing): Promise<ErrorGroups> =>
  ofRun(app, request.run, async (client, findings) => {
    const only = groupOf(findings, request.group);
    const files = await filesOf(client, findings.run.id);
    const details = await detailsOf(client, findings.run, files, only ? [only] : findings.groups);
    const shown = details.map((detail) => maskedDetail(detail, findings, listing.showValues));
    const rows = only ? await listed(client, findings, only, request, listing) : null;
    return { findings, details, shown, files: filesNotTaken(findings), rows };
  });

/** Writes the rows with their cells, as errors.csv has them: what an edited rerun reads. `file` is absolute. */
export const exportErrors = (
  app: App,
  request: ErrorsRequest,
  { file, mask }: { readonly file: string; readonly mask: boolean },
): Promise<{ readonly run: string; readonly outputs: readonly Output[] }> =>
  ofRun(app, request.run, async (client, findings) => {
    const outputs = await writeRowFiles(client, findings.run, path.dirname(file), 'errors', {
      stem: path.basename(file, '.csv'),
      filter: filterOf(groupOf(findings, request.group), request),
      mask,
    });
    return { run: findings.run.id, outputs };
  });

/** Rows whose outcome is unknown, over all runs: what has to be settled, whichever night it was. */
export async function unknownRows(app: App, { showValues, most }: Listing): Promise<readonly ErrorRows[]> {
  return inSnapshot(await app.db(), async (client) => {
    const all: ErrorRows[] = [];
    for (const { run, rows: total } of await unknownRuns(client)) {
      const reported = await readRun(client, run);
      const rows = await listRows(client, reported, { buckets: ['unknown'] }, { showValues, most });
      all.push({ run, pipeline: reported.pipeline, total, rows });
    }
    return all;
  });
}

async function ofRun<T>(
  app: App,
  word: string | null,
  fn: (client: Client, findings: Findings) => Promise<T>,
): Promise<T> {
  const db = await app.db();
  const run = word === null ? await inSnapshot(db, latestRun) : await resolveRun(db, word);
  await numberGroups(db, run);
  return inSnapshot(db, async (client) => {
    const findings = await findingsOf(client, run);
    await warnOfGoneCells(client, app, run);
    return fn(client, findings);
  });
}

async function latestRun(client: Client): Promise<string> {
  const latest = await latestRunId(client);
  if (latest !== null) return latest;
  throw new PointferryError('CONFIG_USAGE', 'there is no run yet', { hint: 'pointferry run <pipeline>' });
}

const groupOf = (findings: Findings, number: number | null): ErrorGroup | undefined =>
  number === null ? undefined : findGroup(findings, number);

async function listed(
  client: Client,
  findings: Findings,
  group: ErrorGroup | undefined,
  request: ErrorsRequest,
  { showValues, most }: Listing,
): Promise<ErrorRows> {
  const { id: run, pipeline } = findings.run;
  const filter = filterOf(group, request);
  const rows = await listRows(client, findings.run, filter, { showValues, most });
  const counts = (findings.selected ?? findings.books).rows;
  const total = group ? group.rows : filter.buckets.reduce((sum, bucket) => sum + counts[bucket], 0);
  return { run, pipeline, total, rows };
}

function filterOf(group: ErrorGroup | undefined, { unknown }: ErrorsRequest): RowFilter {
  const buckets: readonly Bucket[] = unknown ? ['unknown'] : families.person;
  if (!group) return { buckets };
  const { code, ledgerField: field, platformCode } = group;
  return {
    buckets: ['rejected', 'failed', 'unknown', 'parked'],
    group: { code, field, platformCode: platformCode ?? '' },
  };
}
