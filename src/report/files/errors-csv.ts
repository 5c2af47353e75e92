/** errors.csv, pending.csv, skipped.csv and success.csv, as docs/contract.md#errorscsv has them. One file per header. */

import type { Client } from '../../db/pool.ts';
import { record } from '../../ground/json.ts';
import { type Bucket, families } from '../../ledger/buckets.ts';
import { filesOf, type RunFile } from '../../ledger/file.ts';
import type { Run } from '../../ledger/run.ts';
import { encodingOf } from '../findings/bytes.ts';
import { type DeliveredRow, deliveredRows } from '../findings/delivered.ts';
import {
  type LineContext,
  lineOf,
  ownColumns,
  rowId,
  successColumns,
  successLine,
} from '../findings/line.ts';
import { type RowFilter, rowsOf } from '../findings/rows.ts';
import type { Output } from '../findings/summary.ts';
import { columnName } from './cell.ts';
import { writeCsv } from './csv.ts';

/** Which rows a file holds, by its name without `.csv`. */
export const fileBuckets = {
  errors: families.person,
  pending: families.waits,
  skipped: ['unchanged', 'duplicate', 'filtered'],
  success: ['delivered'],
} as const satisfies Readonly<Record<string, readonly Bucket[]>>;
export type RowFile = keyof typeof fileBuckets;

export interface RowFileOptions {
  /** Masks cells; such a file cannot be read back. */
  readonly mask?: boolean;
  /** Another name than the usual one, without `.csv`. */
  readonly stem?: string;
  /** Other rows than the usual ones. */
  readonly filter?: RowFilter;
}

/**
 * Writes `<name>.csv`, and `<name>-2.csv` and so on if files of the run have other headers. The first is written
 * even without rows. The client must be in a transaction, which is the snapshot of them all.
 */
export async function writeRowFiles(
  client: Client,
  run: Run,
  folder: string,
  name: RowFile,
  options: RowFileOptions = {},
): Promise<Output[]> {
  const { mask = false, stem = name, filter = { buckets: fileBuckets[name] } } = options;
  const staged = (await filesOf(client, run.id)).filter((file) => file.verdict === 'staged');
  const sources = staged.map((file) => ({ run: run.id, file, filter }));
  return await writeSources(client, run, folder, sources, { name, stem, mask });
}

/** Rows of one file, as a run reports them. */
export interface RowSource {
  readonly run: string;
  readonly file: RunFile;
  readonly filter: RowFilter;
}

interface Wanted {
  readonly name: RowFile;
  readonly stem: string;
  readonly mask: boolean;
}

/** Writes the rows of several files, those of one header together. */
export async function writeSources(
  client: Client,
  run: Run,
  folder: string,
  sources: readonly RowSource[],
  { name, stem, mask }: Wanted,
): Promise<Output[]> {
  const outputs: Output[] = [];
  const groups = Map.groupBy(sources, ({ file }) => JSON.stringify(headerOf(file)));
  for (const [index, group] of (groups.size === 0 ? [[]] : [...groups.values()]).entries()) {
    const header = headerOf(group[0]?.file);
    const own = name === 'success' ? successColumns : ownColumns;
    const titles = [...header.map(columnName), ...own, ...(mask ? ['_masked'] : [])];
    const records = recordsOf(client, run, group, { name, header, mask });
    outputs.push(
      await writeCsv(folder, index === 0 ? `${stem}.csv` : `${stem}-${index + 1}.csv`, titles, records),
    );
  }
  return outputs;
}

/** A name for each cell: the file's own, else what the raw table calls it. */
const headerOf = (file: RunFile | undefined): string[] =>
  (file?.rawColumns ?? []).map((column, index) => file?.header[index] ?? `column ${column}`);

async function* recordsOf(
  client: Client,
  run: Run,
  sources: readonly RowSource[],
  { name, header, mask }: Pick<Wanted, 'name' | 'mask'> & { readonly header: readonly string[] },
): AsyncGenerator<string[][]> {
  const encoding = encodingOf(record(run.definition.format).encoding);
  const cells = name === 'success' ? successLine : lineOf;
  for (const { run: reads, file, filter } of sources) {
    const context: LineContext = { file, header, definition: run.definition, encoding, mask };
    for await (const rows of rowsOf(client, reads, file, filter))
      yield rows.map((row) => [...cells(row, context), ...(mask ? ['yes'] : [])]);
  }
}

/**
 * Writes success.csv: row id, identity and platform id of every delivered row; `full` puts the original cells before
 * them, one file per header.
 */
export async function writeSuccess(
  client: Client,
  run: Run,
  folder: string,
  full: boolean,
  options: { readonly mask?: boolean } = {},
): Promise<Output[]> {
  if (full) return await writeRowFiles(client, run, folder, 'success', options);
  const rows = deliveredRows(client, run.id);
  return [await writeCsv(folder, 'success.csv', ['_row_id', '_identity', '_platform_id'], lines(rows))];
}

async function* lines(rows: AsyncIterable<readonly DeliveredRow[]>): AsyncGenerator<string[][]> {
  for await (const batch of rows)
    yield batch.map((row) => [rowId(row.file, row.record), row.identity ?? '', row.platformId ?? '']);
}
