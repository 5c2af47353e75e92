/** What normalize needs to know about a run, wherever its rows come from. */
import type { Client } from '../db/pool.ts';
import type { RowOf } from '../db/sql.ts';
import type { Kind } from '../destinations/kind.ts';
import { PointferryError } from '../ground/errors.ts';
import { columnsFrom, type RunFile } from '../ledger/file.ts';
import { groupingOf } from '../mapping/compile.ts';
import type { RowSource } from '../mapping/query.ts';
import type { Pipeline } from '../pipeline/types.ts';
import { type RunTables, runTables } from './tables.ts';

/** A file with rows of the run, as sql/normalize/files.sql and rerun-files.sql return it. */
export interface StagedFile
  extends Pick<
    RunFile,
    'id' | 'place' | 'name' | 'rawTable' | 'bound' | 'header' | 'rawColumns' | 'records'
  > {
  readonly contentSha256: string;
  /** Its own, or that of the run that read it. */
  readonly businessDate: string;
  /** Of the run that read it. */
  readonly runSeq: number;
  /** Files that it corrects. Empty in a rerun. */
  readonly corrects: readonly number[];
  readonly rowsDone: boolean;
  readonly built: boolean;
  readonly done: boolean;
  readonly nextRecord: number;
}

export const stagedFile = (row: RowOf<'normalize/files'> | RowOf<'normalize/rerun-files'>): StagedFile => ({
  ...row,
  ...columnsFrom(row),
});

export const cellsGone = (file: string): PointferryError =>
  new PointferryError(
    'STAGE_CELLS_GONE',
    `the cells of ${file} are gone from the database: its rows cannot be read again`,
  );

/** Records of one file: those after one, up to another (null: to the end). */
export interface Range {
  readonly file: number;
  readonly after: number;
  readonly until: number | null;
}

export const allOf = (file: Pick<StagedFile, 'id'>): Range => ({ file: file.id, after: -1, until: null });

/**
 * The rows that a run normalizes: those of its own files (rows-of-run.ts), or those that a rerun selected (rows-of-rerun.ts).
 * All that differs between the two is in here.
 */
export interface RunRows {
  files(client: Client): Promise<readonly StagedFile[]>;
  /** The rows of one file, as the source of a query. */
  rowsOf(file: StagedFile): RowSource;
  /** Statement that rejects groups beside damaged records; null if they count as whole. */
  readonly uncertain: 'normalize/uncertain' | 'normalize/rerun-uncertain' | null;
  /** Statement that counts the rows by what was decided, before the ledger. */
  readonly counts: 'normalize/counts' | 'normalize/rerun-counts';
  /** Finds what operations meet in the ledger, and what follows. The ledger is only read. */
  meet(client: Client, plan: Plan, file: StagedFile, range: Range): Promise<void>;
  /** May an operation that a row of this file meets be changed? */
  mayChangeMet(file: StagedFile): boolean;
  /** Failed operations are revived in their place (pointferry.meeting_again). */
  readonly revives: boolean;
  /** Records the rows of a range in the books. Returns their number. */
  store(client: Client, tables: RunTables, range: Range): Promise<number>;
  /** Can one record be built alone, to find the one that makes a file fail? */
  readonly isDivisible: boolean;
}

export interface Plan {
  readonly run: string;
  readonly pipeline: Pipeline;
  readonly kind: Kind;
  readonly rows: RunRows;
  readonly tables: RunTables;
}

/** `run` names the tables, and must be unique among the runs of the database. */
export const makePlan = (request: Omit<Plan, 'tables'>): Plan => ({
  ...request,
  tables: runTables(request.run, groupingOf(request.pipeline)),
});

/** The files whose groups are built together: each by itself, or all where groups reach across files. */
export const buildUnits = (
  { pipeline }: Plan,
  files: readonly StagedFile[],
): readonly (readonly StagedFile[])[] =>
  groupingOf(pipeline) === 'run' && files.length > 0 ? [files] : files.map((file) => [file]);
