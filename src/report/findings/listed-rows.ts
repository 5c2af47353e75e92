/** Rows of a run one by one, without their cells: `errors --json`. */
import type { Client } from '../../db/pool.ts';
import { record } from '../../ground/json.ts';
import { filesOf } from '../../ledger/file.ts';
import type { Run } from '../../ledger/run.ts';
import { encodingOf } from './bytes.ts';
import { type LineContext, lineFaults, rowId } from './line.ts';
import { maskFault } from './mask.ts';
import { type RowFilter, rowsOf } from './rows.ts';

/** One row as `errors --json` has it; values masked unless asked for. */
export interface ListedRow {
  readonly id: string;
  readonly file: string;
  readonly record: number;
  readonly line: number;
  readonly bucket: string;
  readonly faults: readonly {
    readonly code: string;
    readonly field: string;
    readonly value: string;
    readonly reason: string;
  }[];
}

/** The first rows of a run that fit, in the order of its files. The client must be in a transaction. */
export async function listRows(
  client: Client,
  run: Run,
  filter: RowFilter,
  options: { readonly showValues: boolean; readonly most: number },
): Promise<ListedRow[]> {
  const listed: ListedRow[] = [];
  const encoding = encodingOf(record(run.definition.format).encoding);
  for (const file of await filesOf(client, run.id)) {
    if (file.verdict !== 'staged') continue;
    const context: LineContext = {
      file,
      header: file.header,
      definition: run.definition,
      encoding,
      mask: false,
    };
    for await (const rows of rowsOf(client, run.id, file, filter)) {
      for (const row of rows) {
        if (listed.length >= options.most) break;
        const faults = lineFaults(row, context).map(({ code, field, value, reason }) => ({
          code,
          field,
          value: options.showValues ? (value ?? '') : maskFault(code, value ?? ''),
          reason,
        }));
        const { record: number, line: at, bucket } = row;
        listed.push({
          id: rowId(file.id, number),
          file: file.name,
          record: number,
          line: at,
          bucket,
          faults,
        });
      }
      if (listed.length >= options.most) return listed;
    }
  }
  return listed;
}
