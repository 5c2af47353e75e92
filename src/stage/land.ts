/**
 * Lands one file: `create table`, COPY, sums and facts are one transaction. Either the whole file is there, with the
 * count of the parser and the sums of Postgres beside it, or nothing of it.
 *
 * The raw table `pointferry_staging.raw_<file id>` has `_record`, `_line` and one text column per header name (or
 * `_cells text[]` for wide files); the records that could not be parsed pass through it too (column `_damage`), and
 * leave it for pointferry.row, row_error and damaged before the transaction ends.
 */
import { copyRows } from '../db/copy.ts';
import { failpoint } from '../db/failpoint.ts';
import { isDatabaseError } from '../db/failure.ts';
import { runCompiled } from '../db/kysely.ts';
import type { Client, Db } from '../db/pool.ts';
import { run as query, runOne } from '../db/sql.ts';
import { inTransaction, reading } from '../db/transaction.ts';
import { type Code, PointferryError } from '../ground/errors.ts';
import { lostRun } from '../ledger/runs.ts';
import type { ExpectedRows } from '../pipeline/types.ts';
import { takeDamagedOut } from './damaged.ts';
import type { Binding, BoundColumn } from './header.ts';
import { correctionFor, duplicateOf, knownFiles } from './known.ts';
import { rowLine } from './line.ts';
import { type ParseFormat, type Part, parseRecords, type SummaryPart } from './parse/index.ts';
import { createRawTable } from './raw-table.ts';
import { type TrailerRule, totalFault, trailerFault } from './trailer.ts';
import { tooFew } from './usual.ts';

/** A file as read hands it over. */
export interface Landing {
  readonly name: string;
  readonly path: string;
  readonly businessDate: string | null;
  /** The business date stands in the file's name: only then can another file of that name be its correction. */
  readonly dated: boolean;
  readonly sha256: string;
  readonly contentSha256: string;
  readonly bytes: number;
  /** Its plain bytes from the beginning; may be asked for again when the database made us start over. */
  readonly open: () => AsyncIterable<Buffer>;
}

/** What the pipeline says about the file. */
export interface Shape {
  readonly format: ParseFormat;
  /** Binds the header's names to columns of the raw table. Throws STAGE_HEADER. */
  readonly bind: (names: readonly string[]) => Binding;
  /** SQL giving (currency, sum, rows, unreadable) over the raw table; null where the pipeline has no amount. */
  readonly amountSums: ((table: string, header: Binding) => string) | null;
  readonly trailer: TrailerRule | null;
  /** How many records a file has at least; null: any number. */
  readonly atLeast: ExpectedRows | null;
  /** Its rows are states: see `comesBack`. */
  readonly state: boolean;
  /** Its rows have no natural key: which of a correction's rows are new, nobody can tell. */
  readonly keyless: boolean;
}

export interface LandingRun {
  readonly id: string;
  readonly account: string;
  readonly pipeline: string;
  /** Notes that this run made when it was here before: of a file seen again, what is said now stands. */
  readonly before?: readonly number[];
  /** Fencing token of the process that holds the run; a rehearsal has none. */
  readonly token?: number;
}

export interface LandOptions {
  /** --allow-duplicate-file */
  readonly allowAgain: boolean;
  /** --as-new */
  readonly asNew: boolean;
  readonly signal: AbortSignal;
  readonly progress: (rows: number, damaged: number) => void;
}

export type Verdict = 'staged' | 'duplicate' | 'empty' | 'refused' | 'unfinished';

export interface Landed {
  readonly verdict: Verdict;
  readonly file: number | null;
  readonly records: number;
  readonly damaged: number;
  readonly code: Code | null;
  readonly reason: string | null;
  readonly earlierRun: string | null;
  readonly correctionOf: number | null;
  /** For people; safe to print. */
  readonly warnings: readonly string[];
}

/** Hours, not the default minute: a file of any size is one COPY. */
const landingTimeoutMs = 6 * 3600_000;

/**
 * Lands one file of a run, or says why not; either way the file has a row in pointferry.file afterwards. A file that
 * this very run has landed already (it was killed, and goes on) gives its first verdict again.
 */
export async function landFile(
  db: Db,
  run: LandingRun,
  file: Landing,
  shape: Shape,
  options: LandOptions,
): Promise<Landed> {
  const known = await knownFiles(db, run, file);
  const mine = known.find((each) => each.run === run.id && each.name === file.name);
  if (mine) return { ...nothing('staged'), file: mine.id };
  const duplicate = duplicateOf(known, file, { allowAgain: options.allowAgain, state: shape.state });
  if (duplicate) return note(db, run, file, { verdict: 'duplicate', earlierRun: duplicate.run });
  try {
    return await land(db, run, file, shape, options, known.length > 0);
  } catch (error) {
    if (error instanceof PointferryError && error.code === 'READ_EMPTY')
      return note(db, run, file, { verdict: 'empty', code: 'READ_EMPTY', reason: error.message });
    if (isDatabaseError(error, '23505') && error.constraint === 'file_once')
      return landFile(db, run, file, shape, options);
    if (error instanceof PointferryError && error.code.startsWith('STAGE_'))
      return note(db, run, file, { verdict: 'refused', code: error.code, reason: error.message });
    throw error;
  }
}

const nothing = (verdict: Verdict): Landed => ({
  verdict,
  file: null,
  records: 0,
  damaged: 0,
  code: null,
  reason: null,
  earlierRun: null,
  correctionOf: null,
  warnings: [],
});

const empty = (message: string): PointferryError => new PointferryError('READ_EMPTY', message);

/** A file that was not staged: what it was, and why. */
export async function note(
  db: Db,
  run: LandingRun,
  file: Omit<Landing, 'open'> | { name: string; path: string },
  what: { verdict: Verdict; code?: Code; reason?: string; earlierRun?: string },
): Promise<Landed> {
  const id = await inTransaction(
    db,
    async (client) => {
      const noted = await addFile(client, run, file, what);
      await requireOurs(client, run);
      return noted;
    },
    { lostCommit: 'settle' },
  );
  return {
    ...nothing(what.verdict),
    file: id,
    code: what.code ?? null,
    reason: what.reason ?? null,
    earlierRun: what.earlierRun ?? null,
  };
}

/** Throws RUN_LOST where another process, which took over, holds the run. */
async function requireOurs(client: Client, { id, token }: LandingRun): Promise<void> {
  if (token === undefined) return;
  const ours = await query(client, 'stage/still-ours', { run: id, token });
  if (ours.length === 0) throw lostRun(id);
}

/** What the run has noted so far. */
export const notesOf = async (db: Db, run: string): Promise<number[]> =>
  (await reading(db, (client) => query<{ id: number }>(client, 'stage/notes', { run }))).map(({ id }) => id);

async function addFile(
  client: Client,
  run: LandingRun,
  file: Partial<Landing> & { name: string; path: string },
  what: {
    verdict: Verdict;
    code?: Code;
    reason?: string;
    earlierRun?: string;
    allowedAgain?: boolean;
    correctionOf?: number | null;
  },
): Promise<number> {
  await query(client, 'stage/forget-note', { ids: run.before ?? [], path: file.path, name: file.name });
  const { place } = await runOne<{ place: number }>(client, 'stage/next-place', { run: run.id });
  const { id } = await runOne<{ id: number }>(client, 'stage/add-file', {
    run: run.id,
    account: run.account,
    pipeline: run.pipeline,
    place,
    name: file.name,
    path: file.path,
    businessDate: file.businessDate ?? null,
    sha256: file.sha256 ?? null,
    contentSha256: file.contentSha256 ?? null,
    bytes: file.bytes ?? 0,
    verdict: what.verdict,
    code: what.code ?? null,
    reason: what.reason ?? null,
    earlierRun: what.earlierRun ?? null,
    allowedAgain: what.allowedAgain ?? false,
    correctionOf: what.correctionOf ?? null,
  });
  return id;
}

async function land(
  db: Db,
  run: LandingRun,
  file: Landing,
  shape: Shape,
  options: LandOptions,
  again: boolean,
): Promise<Landed> {
  const landed = await inTransaction(
    db,
    async (client) => {
      const done = await landInto(client, run, file, shape, options, again);
      await requireOurs(client, run);
      failpoint('stage/before-land-commit');
      return done;
    },
    { lostCommit: 'settle', statementTimeoutMs: landingTimeoutMs },
  );
  failpoint('stage/after-land');
  return landed;
}

/** The landing itself, in the caller's transaction. Throws STAGE_ codes, and READ_EMPTY for a file without rows. */
export async function landInto(
  client: Client,
  run: LandingRun,
  file: Landing,
  shape: Shape,
  options: LandOptions,
  again: boolean,
): Promise<Landed> {
  const correctionOf = await correctionFor(client, run, file, shape, options);
  const id = await addFile(client, run, file, { verdict: 'staged', allowedAgain: again, correctionOf });
  const parts = parseRecords(file.open(), shape.format);
  const header = await headerOf(parts, shape);
  const table = `raw_${id}`;
  await runCompiled(client, createRawTable(table, header));
  const summary = await copy(client, table, header, parts, options);
  if (summary.records === 0) throw empty(`${file.name} has a header and no rows`);
  if (shape.trailer) refuse('STAGE_TRAILER', trailerFault(shape.trailer, summary));
  const few = shape.atLeast && (await tooFew(client, run, summary.records, shape.atLeast));
  if (few && shape.atLeast?.otherwise !== 'warn') refuse('STAGE_FEW_ROWS', few);
  await takeDamagedOut(client, { file: id, run: run.id, table }, shape.amountSums !== null);
  const sums = await amounts(client, table, header, shape);
  if (shape.trailer) refuse('STAGE_TRAILER', await totalFault(client, shape.trailer, summary, sums));
  await query(client, 'stage/landed-file', {
    id,
    rawTable: table,
    header: JSON.stringify(header.columns.map((column) => column.header)),
    rawColumns: JSON.stringify(header.columns.map((column) => placeOf(header, column))),
    bound: JSON.stringify(boundOf(header)),
    records: summary.records,
    skipped: JSON.stringify(summary.skippedLines),
    amounts: JSON.stringify(sums),
  });
  const { records, damaged } = summary;
  const warnings = [...header.warnings, ...(few ? [few] : [])];
  return { ...nothing('staged'), file: id, records, damaged, correctionOf, warnings };
}

async function headerOf(parts: AsyncGenerator<Part>, shape: Shape): Promise<Binding> {
  const { value: first } = await parts.next();
  if (first?.kind !== 'header') throw empty('the file is empty');
  return shape.bind(first.names);
}

async function copy(
  client: Client,
  table: string,
  header: Binding,
  parts: AsyncGenerator<Part>,
  options: LandOptions,
): Promise<SummaryPart> {
  let summary: SummaryPart | undefined;
  async function* lines(): AsyncGenerator<Buffer> {
    let rows = 0;
    let damaged = 0;
    for await (const part of parts) {
      if (part.kind === 'summary') summary = part;
      if (part.kind !== 'records') continue;
      const text = [
        ...part.good.map((record) => rowLine(header, record)),
        ...part.damaged.map((record) => rowLine(header, record)),
      ];
      rows += text.length;
      damaged += part.damaged.length;
      options.progress(rows, damaged);
      if (text.length > 0) yield Buffer.from(text.join(''), 'utf8');
    }
  }
  const columns = [
    '_record',
    '_line',
    '_damage',
    ...(header.mode === 'cells' ? ['_cells'] : header.columns.map(({ column }) => column)),
  ];
  const written = await copyRows(client, ['pointferry_staging', table], columns, lines(), {
    signal: options.signal,
  });
  if (!summary) throw new Error('the parser ended without a summary');
  if (written !== summary.records)
    throw new Error(`the parser counted ${summary.records} records, COPY took ${written}`);
  return summary;
}

/** From the pipeline's names to where the columns stand. */
export const boundOf = (header: Binding): Record<string, string | number> =>
  Object.fromEntries([...header.byNeeded].map(([name, column]) => [name, placeOf(header, column)]));

/** Where a column stands: its name in the raw table, or its place in `_cells` from 1. */
export const placeOf = (header: Binding, column: BoundColumn): string | number =>
  header.mode === 'cells' ? column.index + 1 : column.column;

/** Per currency: sum, rows and unreadable ones, by one statement over the raw table; damaged records are not in it. */
async function amounts(
  client: Client,
  table: string,
  header: Binding,
  shape: Shape,
): Promise<Record<string, { sum: string; rows: number; unreadable: number }>> {
  if (!shape.amountSums) return {};
  const sql = shape.amountSums(table, header);
  const { rows } = await client.query<{
    currency: string | null;
    sum: string;
    rows: number;
    unreadable: number;
  }>(sql);
  return Object.fromEntries(rows.map(({ currency, ...rest }) => [currency ?? '', rest]));
}

function refuse(code: 'STAGE_TRAILER' | 'STAGE_FEW_ROWS', fault: string | null): void {
  if (fault) throw new PointferryError(code, fault);
}
