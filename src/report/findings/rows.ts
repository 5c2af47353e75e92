/** Rows of a file with everything that is said of them, streamed. */

import type { Client } from '../../db/pool.ts';
import { statement } from '../../db/sql.ts';
import type { Bucket } from '../../ledger/buckets.ts';
import type { RunFile } from '../../ledger/file.ts';
import { cellsOf, rawTable } from '../../ledger/raw-table.ts';
import { batches } from './cursor.ts';

export interface Fault {
  readonly code: string;
  /** Source columns, joined with `+`. */
  readonly field: string;
  readonly value: string | null;
  readonly reason: string;
}

export interface ReportedRow {
  readonly record: number;
  readonly line: number;
  readonly bucket: Bucket;
  /** Of its operation, if it has one. */
  readonly state: string | null;
  readonly stage: 'stage' | 'normalize' | 'push';
  readonly code: string;
  /** The kind's field if `ofKind`, else source columns. */
  readonly field: string;
  readonly ofKind: boolean;
  readonly reason: string | null;
  readonly httpStatus: number | null;
  readonly platformCode: string | null;
  readonly attempts: number;
  readonly requestId: string | null;
  /** Of its operation; a state has none of its own and is named by the key it was sent under. */
  readonly identity: string | null;
  readonly platformId: string | null;
  /** Bytes of a record that could not be parsed; `cut` when only its beginning was kept. */
  readonly raw: Buffer | null;
  readonly cut: boolean | null;
  /** Of a row that we rejected, all of them in order. */
  readonly faults: readonly Fault[] | null;
  /** The original cells in the order of the header; null where there are none (damaged, or cleaned up). */
  readonly cells: readonly (string | null)[] | null;
}

/** Which rows. */
export interface RowFilter {
  readonly buckets: readonly Bucket[];
  /** Only these records. */
  readonly records?: readonly number[];
  /** Rows of one group of errors: its code, the field as the ledger has it, and the platform's code or ''. */
  readonly group?: { readonly code: string; readonly field: string; readonly platformCode: string };
  /** Only those that this correction no longer holds. */
  readonly withdrawnBy?: number;
}

/** Rows of a file that a run reports, by record, in batches. The client must be in a transaction. */
export async function* rowsOf(
  client: Client,
  run: string,
  file: RunFile,
  { buckets, group, records, withdrawnBy }: RowFilter,
): AsyncGenerator<ReportedRow[]> {
  const chosen = statement('report/rows-out');
  const { code = null, field = null, platformCode = null } = group ?? {};
  const params: Readonly<Record<string, unknown>> = {
    run,
    file: file.id,
    buckets,
    code,
    field,
    platformCode,
    withdrawnBy: withdrawnBy ?? null,
    records: records ?? null,
  };
  const values = chosen.params.map((name) => params[name]);
  const cells =
    file.rawTable === null
      ? 'null::text[]'
      : `case when t._record is null then null else ${cellsOf(file, 't')} end`;
  const join =
    file.rawTable === null ? '' : `left join ${rawTable(file.rawTable)} t on t._record = chosen.record`;
  yield* batches<ReportedRow>(
    client,
    `with chosen as (${chosen.text}) select chosen.*, ${cells} as cells from chosen ${join} order by chosen.record`,
    values,
    width,
  );
  if (buckets.includes('pending') && !group && !records && withdrawnBy === undefined && !file.normalized)
    yield* rowsNotNormalized(client, file);
}

/** Records that stand in the raw table only: normalize has not reached them. */
async function* rowsNotNormalized(client: Client, file: RunFile): AsyncGenerator<ReportedRow[]> {
  if (file.rawTable === null) return;
  yield* batches<ReportedRow>(
    client,
    `select t._record as record, t._line as line, 'pending' as bucket, null as state, 'normalize' as stage, '' as code,
            '' as field, false as of_kind, null as reason, null::integer as http_status, null as platform_code,
            0 as attempts, null as request_id, null as identity, null as platform_id, null::bytea as raw, null::boolean as cut, null::json as faults,
            ${cellsOf(file, 't')} as cells
       from ${rawTable(file.rawTable)} t
      where not exists (select from pointferry.row r where r.file = $1 and r.record = t._record)
      order by t._record`,
    [file.id],
    width,
  );
}

const width = (row: ReportedRow): number =>
  200 + (row.cells ?? []).reduce((sum, cell) => sum + (cell?.length ?? 0) + 16, 0) + (row.raw?.length ?? 0);
