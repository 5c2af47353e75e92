/** Rows of a file with everything that the ledger knows of them, streamed. */

import { sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { ledgerQueries } from '../../db/kysely.ts';
import type { Client } from '../../db/pool.ts';
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
  /** All faults of a rejected row, in order. */
  readonly faults: readonly Fault[] | null;
  /** The original cells in the order of the header; null if there are none (damaged, or deleted). */
  readonly cells: readonly (string | null)[] | null;
}

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
  filter: RowFilter,
): AsyncGenerator<ReportedRow[]> {
  const { buckets, group, records, withdrawnBy } = filter;
  const { sql: text, parameters } = withCells(rowQuery(run, file, filter), file).compile();
  yield* batches<ReportedRow>(client, text, parameters, width);
  if (buckets.includes('pending') && !group && !records && withdrawnBy === undefined && !file.normalized)
    yield* rowsNotNormalized(client, file);
}

/** Everything that the ledger knows of the rows. Faults come in their order, so that columns joined from them match. */
function rowQuery(run: string, file: RunFile, { buckets, group, records, withdrawnBy }: RowFilter) {
  let query = ledgerQueries
    .selectFrom('pointferry.rowFault as fault')
    .leftJoin('pointferry.operation as op', 'op.id', 'fault.operation')
    .leftJoin('pointferry.damaged as damaged', (join) =>
      join.onRef('damaged.file', '=', 'fault.file').onRef('damaged.record', '=', 'fault.record'),
    )
    .select([
      'fault.record',
      'fault.line',
      'fault.bucket',
      'fault.operationState as state',
      'fault.stage',
      'fault.code',
      'fault.field',
      'fault.ofKind',
      'op.reason',
      'op.httpStatus',
      'op.platformCode',
      'op.requestId',
      'op.platformId',
      'damaged.raw',
      'damaged.cut',
    ])
    .select(({ fn, lit, ref, selectFrom }) => [
      fn.coalesce('op.attempts', lit(0)).as('attempts'),
      fn.coalesce('op.identity', 'op.key').as('identity'),
      jsonArrayFrom(
        selectFrom('pointferry.rowError as error')
          .select(['error.code', 'error.field', 'error.value', 'error.reason'])
          .where('error.file', '=', ref('fault.file'))
          .where('error.record', '=', ref('fault.record'))
          .where('fault.operation', 'is', null)
          .orderBy('error.n'),
      ).as('faults'),
    ])
    .where('fault.run', '=', run)
    .where('fault.file', '=', file.id)
    .where('fault.bucket', 'in', [...buckets])
    .orderBy('fault.record');
  if (records) query = query.where('fault.record', '=', sql<number>`any (${[...records]}::bigint[])`);
  if (group)
    query = query
      .where('fault.code', '=', group.code)
      .where('fault.field', '=', group.field)
      .where('fault.platformCode', '=', group.platformCode);
  if (withdrawnBy !== undefined)
    query = query.where(({ exists, ref, selectFrom }) =>
      exists(
        selectFrom('pointferry.withdrawn as withdrawn')
          .select('withdrawn.file')
          .where('withdrawn.file', '=', withdrawnBy)
          .where('withdrawn.ofFile', '=', ref('fault.file'))
          .where('withdrawn.ofRecord', '=', ref('fault.record')),
      ),
    );
  return query;
}

/** With the original cells of each row, if the raw table is still there. */
function withCells(query: ReturnType<typeof rowQuery>, file: RunFile) {
  if (file.rawTable === null) return query.select(sql<null>`null::text[]`.as('cells'));
  const raw = sql.raw<{ _record: number }>(rawTable(file.rawTable)).as<'raw'>(sql.raw('raw'));
  const cells = sql.raw<string[]>(`case when raw._record is not null then ${cellsOf(file, 'raw')} end`);
  return query
    .leftJoin(raw, (join) => join.on(sql<boolean>`raw._record = fault.record`))
    .select(cells.as('cells'));
}

/** Records that are in the raw table only: normalize has not reached them. */
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
