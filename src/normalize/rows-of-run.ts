/** The rows of a run's own files. */
import { run as query } from '../db/sql.ts';
import { sql } from '../ground/sql-text.ts';
import { rawTable } from '../ledger/raw-table.ts';
import type { RowSource } from '../mapping/query.ts';
import { boundRows } from '../mapping/query.ts';
import { type RunRows, type StagedFile, stagedFile } from './plan.ts';
import { countOnRun, onRun } from './tables.ts';

export const rowsOfRun = (run: string): RunRows => ({
  files: async (client) => (await query(client, 'normalize/files', { run })).map(stagedFile),
  rowsOf: rawRows,
  uncertain: 'normalize/uncertain',
  counts: 'normalize/counts',
  async meet(client, { tables, pipeline, kind }, file, range) {
    if (kind.nature !== 'event') return;
    const { account } = pipeline;
    await onRun(client, tables, 'normalize/meet', {
      ...range,
      account,
      kind: kind.name,
      corrects: file.corrects,
    });
  },
  mayChangeMet: (file) => file.corrects.length > 0,
  revives: false,
  store: (client, tables, range) => countOnRun(client, tables, 'normalize/rows', { ...range }),
  isDivisible: true,
});

function rawRows(file: StagedFile): RowSource {
  return boundRows(rawTable(file.rawTable ?? ''), file.bound);
}

/** The same for records of a file from one to another. */
export const rowsOfExcerpt = (run: string, from: number, until: number): RunRows => ({
  ...rowsOfRun(run),
  rowsOf(file) {
    const source = rawRows(file);
    return {
      ...source,
      from: sql`(select * from ${source.from} where _record between ${from} and ${until} order by _record) r`,
    };
  },
});
