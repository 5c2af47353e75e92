/** Groups of errors with a sample and what their rows have in common. */

import type { Client } from '../../db/pool.ts';
import { run as query } from '../../db/sql.ts';
import type { RunFile } from '../../ledger/file.ts';
import { cellsOf, rawTable } from '../../ledger/raw-table.ts';
import type { Run } from '../../ledger/run.ts';
import { type Concentration, concentrationOf, type Sampled } from './concentration.ts';
import type { ErrorGroup } from './groups.ts';
import { rowId } from './line.ts';
import { privacyOfKind, subjectColumns } from './privacy.ts';

export interface GroupSample {
  readonly file: RunFile;
  readonly record: number;
  readonly line: number;
  readonly requestId: string | null;
  readonly reason: string;
  /** Columns of the group's field with their cells, not masked: `shownCell` masks them. */
  readonly cells: readonly (readonly [column: string, cell: string])[];
}

export interface GroupDetail {
  readonly group: ErrorGroup;
  readonly sample: GroupSample | null;
  readonly concentration: SharedValue | null;
  /** Files that the rows looked at are in. */
  readonly files: number;
}

/** `subjects`: how many members or programs the rows with the value are about. */
export type SharedValue = Concentration & { readonly subjects: number };

interface Stored {
  readonly number: number;
  readonly file: number;
  readonly record: number;
  readonly line: number;
  readonly requestId: string | null;
  readonly value: string;
  readonly reason: string;
}

/** Cells that are looked at for one group and for the rows around it. */
const mostCells = 20_000;
const mostRows = 500;
/** Files that are looked into; what rows have in common shows in the first ones. */
const mostFiles = 8;

/** Details of groups, from the raw tables that are still there. */
export async function detailsOf(
  client: Client,
  run: Run,
  files: readonly RunFile[],
  groups: readonly ErrorGroup[],
): Promise<GroupDetail[]> {
  const widest = Math.max(1, ...files.map((file) => file.rawColumns.length));
  const most = Math.max(10, Math.min(mostRows, Math.floor(mostCells / widest)));
  const samples = await query(client, 'report/group-samples', { run: run.id, most });
  const looked = files
    .filter((file) => samples.some((sample) => sample.file === file.id))
    .slice(0, mostFiles);
  const cells = new Map<string, Sampled>();
  const others = new Map<number, Sampled[]>();
  for (const file of looked) {
    if (file.rawTable === null) continue;
    const records = samples.filter((sample) => sample.file === file.id).map(({ record }) => record);
    for (const row of await cellsAt(client, file, records)) cells.set(rowId(file.id, row.record), row);
    others.set(file.id, await someOthers(client, file, records, most));
  }
  const privacy = await privacyOfKind(run.kind);
  const subjectOf = (file: RunFile) => subjectColumns(privacy, run.definition, file);
  return groups.map((group) => detailOf(group, { samples, files: looked, cells, others, subjectOf }));
}

interface Looked {
  readonly samples: readonly Stored[];
  readonly files: readonly RunFile[];
  /** By row id. */
  readonly cells: ReadonlyMap<string, Sampled>;
  /** By file. */
  readonly others: ReadonlyMap<number, readonly Sampled[]>;
  readonly subjectOf: (file: RunFile) => readonly string[];
}

/** The code and the shape of the cell say all of a fault of form; which type or status was refused is news. */
const isAboutForm = (group: ErrorGroup): boolean =>
  group.code.startsWith('NORMALIZE_') && group.code !== 'NORMALIZE_NOT_IN_LIST';

interface CellRow extends Sampled {
  readonly record: number;
}

async function cellsAt(client: Client, file: RunFile, records: readonly number[]): Promise<CellRow[]> {
  const { rows } = await client.query<CellRow>(
    `select t._record as record, ${cellsOf(file, 't')} as cells from ${rawTable(file.rawTable ?? '')} t
      where t._record = any($1::bigint[])`,
    [records],
  );
  return rows;
}

/** Rows that are in no sample, spread over the file by a hash: every nth row could meet a pattern of the file. */
async function someOthers(
  client: Client,
  file: RunFile,
  records: readonly number[],
  most: number,
): Promise<CellRow[]> {
  const step = Math.max(1, Math.floor(file.records / most));
  const { rows } = await client.query<CellRow>(
    `select t._record as record, ${cellsOf(file, 't')} as cells from ${rawTable(file.rawTable ?? '')} t
      where hashint8(t._record) % $1 = 0 and not t._record = any($2::bigint[]) limit $3`,
    [step, records, most],
  );
  return rows;
}

function detailOf(group: ErrorGroup, { samples, files, cells, others, subjectOf }: Looked): GroupDetail {
  const own = samples.filter((sample) => sample.number === group.number);
  const [first] = own;
  const file = files.find((one) => one.id === first?.file);
  if (!first || !file) return { group, sample: null, concentration: null, files: 0 };
  const inFile = own.filter((sample) => sample.file === file.id);
  const sampled = inFile.flatMap((sample) => cells.get(rowId(file.id, sample.record)) ?? []);
  const columns = group.field.split('+').filter((column) => file.header.includes(column));
  const row = cells.get(rowId(file.id, first.record));
  const shown = columns.map((column) => [column, row?.cells[file.header.indexOf(column)] ?? ''] as const);
  const { record, line, requestId, reason } = first;
  const concentration = concentrationOf(
    file.header,
    sampled,
    others.get(file.id) ?? [],
    isAboutForm(group) ? columns : [],
  );
  return {
    group,
    sample: { file, record, line, requestId, reason, cells: shown },
    concentration: concentration && {
      ...concentration,
      subjects: subjectsWith(concentration, file.header, sampled, subjectOf(file)),
    },
    files: new Set(own.map((sample) => sample.file)).size,
  };
}

/** How many subjects have the value; 0 if no column names the subject. */
function subjectsWith(
  { column, value }: Concentration,
  header: readonly string[],
  rows: readonly Sampled[],
  subject: readonly string[],
): number {
  if (subject.length === 0) return 0;
  const cell = (row: Sampled, name: string): string => row.cells[header.indexOf(name)] ?? '';
  const same = rows.filter((row) => cell(row, column) === value);
  return new Set(same.map((row) => JSON.stringify(subject.map((name) => cell(row, name))))).size;
}
