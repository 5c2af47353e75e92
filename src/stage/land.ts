/**
 * Lands one file: `create table`, COPY, sums and facts are one transaction. Either the whole file is there, with the
 * count of the parser and the sums of Postgres beside it, or nothing of it.
 *
 * The raw table `pointferry_staging.raw_<file id>` has `_record`, `_line` and one text column per header name (or
 * `_cells text[]` for wide files). Records that could not be parsed are copied too (column `_damage`), and are moved to
 * pointferry.row, row_error and damaged before the transaction ends.
 */
import { failpoint } from '../db/failpoint.ts';
import { isDatabaseError } from '../db/failure.ts';
import { runCompiled } from '../db/kysely.ts';
import type { Client, Db } from '../db/pool.ts';
import { run as query } from '../db/sql.ts';
import { inTransaction } from '../db/transaction.ts';
import { PointferryError } from '../ground/errors.ts';
import { tooFew, totalFault, trailerFault } from './checks.ts';
import { moveDamaged } from './damaged.ts';
import { type Binding, boundOf, placeOf } from './header.ts';
import { correctionFor, duplicateOf, knownFiles } from './known.ts';
import { type Landed, type LandRequest, landedNothing, type Shape } from './landing.ts';
import { addFile, note, requireHeld } from './notes.ts';
import { type Part, parseRecords, type SummaryPart } from './parse/index.ts';
import { copyRecords } from './raw-rows.ts';
import { createRawTable } from './raw-table.ts';

/** Hours, not the default minute: a file of any size is one COPY. */
const landingTimeoutMs = 6 * 3600_000;

/**
 * Lands one file of a run, or decides why not; either way the file has a row in pointferry.file afterwards. A file that
 * this very run has landed before (it was killed, and resumed) is not landed twice.
 */
export async function landFile(db: Db, request: LandRequest): Promise<Landed> {
  const { run, file, shape, options } = request;
  const known = await knownFiles(db, run, file);
  const own = known.find((each) => each.run === run.id && each.name === file.name);
  if (own) return { ...landedNothing('staged'), file: own.id };
  const duplicate = duplicateOf(known, file, { allowAgain: options.allowAgain, state: shape.state });
  if (duplicate) return note(db, run, file, { verdict: 'duplicate', earlierRun: duplicate.run });
  try {
    return await land(db, { ...request, isKnown: known.length > 0 });
  } catch (error) {
    if (error instanceof PointferryError && error.code === 'READ_EMPTY')
      return note(db, run, file, { verdict: 'empty', code: 'READ_EMPTY', reason: error.message });
    if (isDatabaseError(error, '23505') && error.constraint === 'file_once') return landFile(db, request);
    if (error instanceof PointferryError && error.code.startsWith('STAGE_'))
      return note(db, run, file, { verdict: 'refused', code: error.code, reason: error.message });
    throw error;
  }
}

export interface KnownLandRequest extends LandRequest {
  /** Its content was landed before, and is wanted again. */
  readonly isKnown: boolean;
}

async function land(db: Db, request: KnownLandRequest): Promise<Landed> {
  const landed = await inTransaction(
    db,
    async (client) => {
      const done = await landInto(client, request);
      await requireHeld(client, request.run);
      failpoint('stage/before-land-commit');
      return done;
    },
    { lostCommit: 'settle', statementTimeoutMs: landingTimeoutMs },
  );
  failpoint('stage/after-land');
  return landed;
}

/** The landing itself, in the caller's transaction. Throws STAGE_ codes, and READ_EMPTY for a file without rows. */
export async function landInto(client: Client, request: KnownLandRequest): Promise<Landed> {
  const { run, file, shape, options, isKnown } = request;
  const correctionOf = await correctionFor(client, request);
  const id = await addFile(client, run, file, { verdict: 'staged', allowedAgain: isKnown, correctionOf });
  const parts = parseRecords(file.open(), shape.format);
  const header = await headerOf(parts, shape);
  const table = `raw_${id}`;
  await runCompiled(client, createRawTable(table, header));
  const summary = await copyRecords(client, { table, header }, parts, options);
  const few = await checkRecords(client, request, summary);
  await moveDamaged(client, { file: id, run: run.id, table, hasAmount: shape.amountSums !== null });
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
  const warnings = [...header.warnings, ...(few === null ? [] : [few])];
  return { ...landedNothing('staged'), file: id, records, damaged, correctionOf, warnings };
}

async function headerOf(parts: AsyncGenerator<Part>, shape: Shape): Promise<Binding> {
  const { value: first } = await parts.next();
  if (first?.kind !== 'header') throw empty('the file is empty');
  return shape.bind(first.names);
}

/** Refuses a file with too few records; returns a warning if the pipeline only warns of it, else null. */
async function checkRecords(
  client: Client,
  { run, file, shape }: LandRequest,
  summary: SummaryPart,
): Promise<string | null> {
  if (summary.records === 0) throw empty(`${file.name} has a header and no rows`);
  if (shape.trailer) refuse('STAGE_TRAILER', trailerFault(shape.trailer, summary));
  if (shape.atLeast === null) return null;
  const few = await tooFew(client, run, summary.records, shape.atLeast);
  if (shape.atLeast.otherwise !== 'warn') refuse('STAGE_FEW_ROWS', few);
  return few;
}

/** Per currency: sum, rows and unreadable rows of the raw table, damaged records left out, by one statement. */
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

const empty = (message: string): PointferryError => new PointferryError('READ_EMPTY', message);

function refuse(code: 'STAGE_TRAILER' | 'STAGE_FEW_ROWS', fault: string | null): void {
  if (fault) throw new PointferryError(code, fault);
}
