/** The rows that a rerun selected: cells as they were read, with edits over them. */
import type { Client } from '../db/pool.ts';
import { run as query } from '../db/sql.ts';
import { literal, sql } from '../ground/sql-text.ts';
import { rawTable } from '../ledger/raw-table.ts';
import type { RowSource } from '../mapping/query.ts';
import { boundRows, type Place } from '../mapping/query.ts';
import { cellsGone, type RunRows, type StagedFile, stagedFile } from './plan.ts';
import { countOnRun, onRun } from './tables.ts';

export interface RerunRowsRequest {
  /** The rerun; its rows are in rerun_row. */
  readonly run: string;
  /** The rerun names NORMALIZE_GROUP_UNCERTAIN: groups beside damage count as whole. */
  readonly takeUncertain: boolean;
  /** Where the columns that today's definition reads are in a file of that header. Not given: where they were. */
  readonly bind?: (header: readonly string[]) => Readonly<Record<string, Place>>;
}

export const rowsOfRerun = ({ run, takeUncertain, bind }: RerunRowsRequest): RunRows => ({
  async files(client) {
    const files = (await query(client, 'normalize/rerun-files', { run })).map(stagedFile);
    return bind === undefined ? files : files.map((file) => ({ ...file, bound: bind(file.header) }));
  },
  rowsOf: (file) => selectedRows(run, file),
  uncertain: takeUncertain ? null : 'normalize/rerun-uncertain',
  counts: 'normalize/rerun-counts',
  async meet(client, { tables, pipeline, kind }, _file, range) {
    const { account } = pipeline;
    await onRun(client, tables, 'normalize/rerun-meet', {
      ...range,
      account,
      kind: kind.name,
      nature: kind.nature,
    });
  },
  mayChangeMet: () => true,
  revives: true,
  async store(client, tables, range) {
    const rows = await countOnRun(client, tables, 'normalize/rerun-rows', { ...range });
    await onRun(client, tables, 'normalize/rerun-clear-errors', { ...range });
    return rows;
  },
  isDivisible: false,
});

/**
 * The selected rows of one file. A record that could not be parsed is among them once its cells were edited: then all
 * of them come from the edits. Throws STAGE_CELLS_GONE if the raw table is gone.
 */
function selectedRows(run: string, file: StagedFile): RowSource {
  if (file.rawTable === null) throw cellsGone(file.name);
  const raw = boundRows(rawTable(file.rawTable), file.bound);
  const headerOf = new Map(file.rawColumns.map((place, index) => [place, file.header[index] ?? '']));
  return {
    from: sql`(select t.file, t.record, w.line, pointferry.edits_of(t.file, t.record) as edits
       from pointferry.rerun_row t join pointferry.row w on w.file = t.file and w.record = t.record
       where t.run = ${literal(run)} and t.file = ${file.id} offset 0) e
     left join ${rawTable(file.rawTable)} r on r._record = e.record
     where r._record is not null or e.edits is not null`,
    record: sql`e.record`,
    line: sql`e.line`,
    cell: (column) => {
      const cell = raw.cell(column);
      const place: Place | undefined = file.bound[column];
      if (cell === null || place === undefined) return null;
      const header = literal(headerOf.get(place) ?? column);
      return sql`case when e.edits ? ${header} then e.edits->>${header} else ${cell} end`;
    },
  };
}

/**
 * Widens a rerun's selection to whole groups: adds rejected or failed rows that share a group with a selected one, and the
 * groups beside a record that was repaired. `across`: groups reach across files. Returns the number of rows added. Call it
 * again after edits were added.
 */
export async function widenSelection(
  client: Client,
  { run, across }: { readonly run: string; readonly across: boolean },
): Promise<number> {
  const added = await query(client, 'normalize/widen', { run, across });
  return added.length;
}
