/** An edited errors.csv against the rows of a run: which of them are to be rerun, with which edits, and what is refused. */

import type { Client } from '../../db/pool.ts';
import { run as query } from '../../db/sql.ts';
import { didYouMean } from '../../ground/words.ts';
import { buckets } from '../../ledger/buckets.ts';
import { filesOf, type RunFile } from '../../ledger/file.ts';
import type { Run } from '../../ledger/run.ts';
import { keyColumnName, keyColumns, scalarsOf, sourceColumns } from '../../mapping/columns.ts';
import type { Pipeline } from '../../pipeline/types.ts';
import { rowId } from '../findings/line.ts';
import { type ReportedRow, rowsOf } from '../findings/rows.ts';
import { columnsOfField } from '../findings/source-columns.ts';
import { type Change, type Compared, compareRow } from './compare.ts';
import { isRedated } from './dates.ts';
import type { Deed } from './deeds.ts';
import { refused, type Sheet, type SheetRow } from './sheet.ts';

export interface TakenRow {
  readonly file: number;
  readonly record: number;
  readonly edits: Readonly<Record<string, string>> | null;
}

/** A column with how many rows of it. */
export interface Tally {
  readonly column: string;
  readonly rows: number;
  readonly sample: Change;
}

export interface ReadBack {
  readonly rows: number;
  readonly taken: readonly TakenRow[];
  readonly edited: number;
  /** Records that could not be parsed and were written again. */
  readonly whole: number;
  readonly untouched: number;
  /** They are not rejected or failed any more. */
  readonly already: number;
  readonly byColumn: readonly Tally[];
  readonly restored: readonly (Tally & { readonly deed: Deed })[];
  readonly ignored: readonly Tally[];
  /** Why the file is refused as a whole, one sentence each. */
  readonly problems: readonly string[];
}

interface Under {
  readonly client: Client;
  readonly run: Run;
  readonly pipeline: Pipeline;
  readonly sheet: Sheet;
  readonly accept: ReadonlySet<string>;
  readonly files: readonly RunFile[];
}

/** Reads the whole file and changes nothing. The client's transaction is the snapshot. Throws CONFIG_USAGE for an unknown column of `accept`. */
export async function readBack(
  client: Client,
  run: Run,
  pipeline: Pipeline,
  sheet: Sheet,
  accept: readonly string[],
): Promise<ReadBack> {
  const files = (await filesOf(client, run.id)).filter((file) => file.verdict === 'staged');
  const known = new Set(files.flatMap((file) => file.header));
  for (const column of accept)
    if (!known.has(column))
      throw refused(`--accept: no file of ${run.id} has a column "${column}"${didYouMean(column, known)}`);
  const under: Under = { client, run, pipeline, sheet, accept: new Set(accept), files };
  const total = new Total();
  for await (const batch of sheet.rows()) {
    const found = batch.map((row) => ({ row, place: placeOf(row, files) }));
    for (const { row, place } of found) total.note(row, place);
    for (const file of files) {
      const mine = new Map(
        found.flatMap(({ row, place }) => (place?.file.id === file.id ? [[place.record, row] as const] : [])),
      );
      if (mine.size > 0) await compareFile(under, file, mine, total);
    }
  }
  return total.result();
}

interface Place {
  readonly file: RunFile;
  readonly record: number;
}

/** The row that an id names. If a spreadsheet made a date of the id, file and record name the row. */
function placeOf(row: SheetRow, files: readonly RunFile[]): Place | null {
  const id = /^(\d{1,15})-(\d{1,15})$/.exec(row.id);
  const named = files.find((file) => String(file.id) === id?.[1]);
  if (id && named) return { file: named, record: Number(id[2]) };
  if (!/^\d{1,15}$/.test(row.record)) return null;
  const record = Number(row.record);
  const fitting = files.filter((file) => file.name === row.file && isRedated(rowId(file.id, record), row.id));
  const [file] = fitting;
  return file && fitting.length === 1 ? { file, record } : null;
}

async function compareFile(
  under: Under,
  file: RunFile,
  mine: ReadonlyMap<number, SheetRow>,
  total: Total,
): Promise<void> {
  const { client, run, pipeline, sheet, accept } = under;
  const records = [...mine.keys()];
  const sent = new Set(
    (await query(client, 'rerun/sent', { file: file.id, records })).map((one) => one.record),
  );
  const keys = keyColumnsOf(pipeline, file);
  const formats = (column: string): readonly string[] => formatsOf(pipeline, file, column);
  const there = new Set<number>();
  for await (const rows of rowsOf(client, run.id, file, { buckets, records })) {
    for (const row of rows) {
      there.add(row.record);
      const line = mine.get(row.record);
      if (line === undefined) continue;
      if (row.bucket !== 'rejected' && row.bucket !== 'failed') total.already += 1;
      else if (row.cells === null && row.raw === null)
        total.problems.add(
          `the cells of ${file.name} are gone from the database: its rows cannot be compared`,
        );
      else {
        const fields = atFault(row, run, file);
        const { header } = file;
        const compared = compareRow(
          { header, cells: row.raw === null ? row.cells : null, fields, formats },
          line.cell,
          { accept, encoding: sheet.encoding },
        );
        const key = sent.has(row.record) ? compared.edits.find(({ column }) => keys.has(column)) : undefined;
        if (key)
          total.problems.add(`line ${line.line}: ${key.column} of a row that was sent cannot be edited`);
        total.add({ file: file.id, record: row.record }, compared, row.raw !== null);
      }
    }
  }
  for (const [record, { line, id }] of mine) if (!there.has(record)) total.problems.add(unknownRow(line, id));
}

const unknownRow = (line: number, id: string): string => `line ${line}: "${id}" is not a row of this run`;

/** Columns that any of the row's faults is about. */
function atFault(row: ReportedRow, { definition }: Run, file: RunFile): ReadonlySet<string> {
  const named = (field: string, ofKind: boolean): string[] => columnsOfField(definition, field, ofKind, file);
  return new Set(
    row.faults && row.faults.length > 0
      ? row.faults.flatMap((fault) => named(fault.field, false))
      : named(row.field, row.ofKind),
  );
}

/** Names in the file for columns that the pipeline calls otherwise. */
function inFile(file: RunFile, column: string): string {
  const place = file.bound[column];
  return (place === undefined ? undefined : file.header[file.rawColumns.indexOf(place)]) ?? column;
}

/** Columns that say which event it is, and which rows belong together. */
function keyColumnsOf({ identity, group }: Pipeline, file: RunFile): ReadonlySet<string> {
  const own = identity === undefined || 'file' in identity ? [] : identity.columns;
  return new Set(
    [...own, ...(group ? keyColumns(group.by) : [])].map((key) => inFile(file, keyColumnName(key))),
  );
}

/** Formats that today's pipeline reads a column by. */
function formatsOf(pipeline: Pipeline, file: RunFile, column: string): readonly string[] {
  const scalars = [
    ...Object.values(pipeline.columns).flatMap(scalarsOf),
    ...(pipeline.version ? [pipeline.version] : []),
  ];
  return scalars.flatMap((scalar) => {
    if (!sourceColumns(scalar).some((name) => inFile(file, name) === column)) return [];
    const format = 'format' in scalar ? scalar.format : undefined;
    return format === undefined ? ['iso'] : [format].flat();
  });
}

class Tallies<More extends object = object> {
  readonly #known = new Map<string, Tally & More>();
  add(change: Change, more: More): void {
    const key = JSON.stringify([change.column, more]);
    const rows = (this.#known.get(key)?.rows ?? 0) + 1;
    const sample = this.#known.get(key)?.sample ?? change;
    this.#known.set(key, { column: change.column, rows, sample, ...more });
  }
  list(): (Tally & More)[] {
    return [...this.#known.values()].sort((a, b) => b.rows - a.rows);
  }
}

/** What the file amounts to, row by row. */
class Total {
  rows = 0;
  already = 0;
  readonly problems = new Set<string>();
  readonly #seen = new Set<string>();
  readonly #taken: TakenRow[] = [];
  readonly #byColumn = new Tallies();
  readonly #restored = new Tallies<{ deed: Deed }>();
  readonly #ignored = new Tallies();
  #edited = 0;
  #whole = 0;

  note({ line, id }: SheetRow, place: Place | null): void {
    this.rows += 1;
    if (place === null) {
      this.problems.add(unknownRow(line, id));
      return;
    }
    const key = rowId(place.file.id, place.record);
    if (this.#seen.has(key)) this.problems.add(`line ${line}: ${key} is there twice`);
    this.#seen.add(key);
  }

  add(
    place: { file: number; record: number },
    { edits, restored, ignored }: Compared,
    isWhole: boolean,
  ): void {
    for (const change of restored) this.#restored.add(change, { deed: change.deed });
    for (const change of ignored) this.#ignored.add(change, {});
    if (edits.length > 0) {
      this.#edited += 1;
      if (isWhole) this.#whole += 1;
      else for (const change of edits) this.#byColumn.add(change, {});
    }
    const cells = Object.fromEntries(edits.map(({ column, seen }) => [column, seen]));
    this.#taken.push({ ...place, edits: edits.length > 0 ? cells : null });
  }

  result(): ReadBack {
    return {
      rows: this.rows,
      taken: this.#taken,
      edited: this.#edited,
      whole: this.#whole,
      untouched: this.#taken.length - this.#edited,
      already: this.already,
      byColumn: this.#byColumn.list(),
      restored: this.#restored.list(),
      ignored: this.#ignored.list(),
      problems: [...this.problems],
    };
  }
}
