/** The files of a run as the ledger holds them, with its JSON columns parsed once. */
import type { Client } from '../db/pool.ts';
import { run as query } from '../db/sql.ts';
import { list, numbers, record } from '../ground/json.ts';

/** What stage summed from the raw table, for one currency. */
export interface StagedAmount {
  readonly sum: string;
  readonly unreadable: number;
}

export interface RunFile {
  readonly id: number;
  /** Who read it. */
  readonly run: string;
  readonly place: number;
  readonly name: string;
  readonly businessDate: string | null;
  readonly sha256: string | null;
  readonly contentSha256: string | null;
  readonly bytes: number;
  /** Counted by the parser, damaged ones included. */
  readonly records: number;
  /** Blank, comment, preamble, header and trailer lines. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly verdict: 'staged' | 'duplicate' | 'empty' | 'refused' | 'unfinished';
  readonly code: string | null;
  readonly reason: string | null;
  readonly earlierRun: string | null;
  readonly correctionOf: number | null;
  /** In the schema pointferry_staging; null where it is gone (cleaned up, dropped), or was never there. */
  readonly rawTable: string | null;
  readonly header: readonly string[];
  /** The raw table's column for each header name, or its 1-based index in `_cells`. */
  readonly rawColumns: readonly (string | number)[];
  /** The pipeline's name of a column -> the raw table's column or index, as the header was bound. */
  readonly bound: Readonly<Record<string, string | number>>;
  /** By currency; '' where the file says none. */
  readonly amounts: Readonly<Record<string, StagedAmount>>;
  readonly normalized: boolean;
  readonly damaged: number;
}

/** The files that a run reports on, in the order they were taken: its own, and of a rerun those whose rows it took. */
export async function filesOf(client: Client, runId: string): Promise<RunFile[]> {
  const rows = await query(client, 'ledger/files', { run: runId });
  return rows.map((row) => ({
    ...row,
    skipped: numbers(row.skipped),
    ...columnsFrom(row),
    amounts: Object.fromEntries(
      Object.entries(record(row.amounts)).map(([key, value]) => [key, staged(value)]),
    ),
  }));
}

/** What must be said of files whose cells are gone: the ledger knows their rows, and no more. */
export const goneCells = (files: readonly RunFile[]): string[] =>
  files
    .filter(({ verdict, rawTable }) => verdict === 'staged' && rawTable === null)
    .map(({ name }) => `the cells of ${name} are gone from the database: its rows are told of without them`);

/** The JSON that says where the columns of a file stand. */
export const columnsFrom = (row: {
  readonly header: unknown;
  readonly rawColumns: unknown;
  readonly bound: unknown;
}): Pick<RunFile, 'header' | 'rawColumns' | 'bound'> => ({
  header: list(row.header).map(String),
  rawColumns: list(row.rawColumns).map(column),
  bound: Object.fromEntries(Object.entries(record(row.bound)).map(([name, place]) => [name, column(place)])),
});

const column = (value: unknown): string | number => (typeof value === 'number' ? value : String(value));

function staged(value: unknown): StagedAmount {
  const { sum, unreadable } = record(value);
  return { sum: String(sum ?? '0'), unreadable: Number(unreadable ?? 0) };
}
