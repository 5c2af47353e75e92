/** `find <value>`: rows, operations and attempts for a transaction, member, request or row, with requests masked. */
import { sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { typed } from '../../db/kysely.ts';
import type { Client } from '../../db/pool.ts';
import { run as query, runAs } from '../../db/sql.ts';
import type { Bucket } from '../../ledger/buckets.ts';
import { maskJson, maskValue } from './mask.ts';

export interface FoundRow {
  readonly file: number;
  readonly name: string;
  readonly run: string;
  readonly record: number;
  readonly line: number;
  readonly role: string;
  readonly operation: number | null;
  readonly groupKey: string | null;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly bucket: string;
  readonly faults:
    | readonly { readonly code: string; readonly field: string; readonly reason: string }[]
    | null;
}

export interface FoundAttempt {
  readonly id: number;
  readonly operation: number;
  readonly revision: number;
  readonly n: number;
  readonly run: string;
  readonly purpose: string;
  readonly method: string;
  readonly url: string;
  /** Masked; null if it was deleted. */
  readonly body: string | null;
  readonly at: Date;
  readonly outcome: string | null;
  readonly httpStatus: number | null;
  readonly platformCode: string | null;
  readonly reason: string | null;
  readonly answer: string | null;
  readonly requestId: string | null;
  readonly ms: number | null;
  readonly late:
    | readonly {
        readonly at: string;
        readonly outcome: string;
        readonly httpStatus: number | null;
        readonly reason: string | null;
      }[]
    | null;
}

export interface FoundOperation {
  readonly id: number;
  readonly account: string;
  readonly kind: string;
  readonly nature: 'event' | 'state';
  readonly run: string;
  readonly identity: string | null;
  readonly subject: string | null;
  /** Masked. */
  readonly memberKey: string | null;
  readonly revision: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly state: string;
  readonly attempts: number;
  readonly versionAt: Date;
  readonly code: string | null;
  readonly field: string | null;
  readonly reason: string | null;
  readonly httpStatus: number | null;
  readonly platformCode: string | null;
  readonly platformId: string | null;
  readonly requestId: string | null;
  readonly settledAt: Date | null;
  readonly settledBy: string | null;
  readonly parkUntil: Date | null;
}

export interface Found {
  readonly operations: readonly (FoundOperation & {
    readonly rows: readonly FoundRow[];
    readonly sent: readonly FoundAttempt[];
  })[];
  /** Rows that never became an operation. */
  readonly rows: readonly FoundRow[];
}

/**
 * What a value names: a row id (`12-345`) or the business key of an event first, since these have an index; else a
 * member's key or id, a request id, an idempotency key or its beginning, the platform's id, the key of a group.
 */
export async function findValue(
  client: Client,
  value: string,
  options: { readonly showValues: boolean },
): Promise<Found> {
  const place = /^(\d{1,15})-(\d{1,15})$/.exec(value);
  const at: Place = { file: place ? Number(place[1]) : null, record: place ? Number(place[2]) : null };
  const first = await query(client, 'report/find-operations', { value, ...at });
  const idsOf = (found: readonly { readonly id: number }[]): number[] => found.map(({ id }) => id);
  const near = await rowsFor(client, idsOf(first), at, null);
  if (first.length > 0 || near.length > 0) return await gather(client, first, near, options);
  const prefix = value.length >= 6 ? `${value.replace(/[\\%_]/g, '\\$&')}%` : null;
  const ids = await query(client, 'report/find-anywhere', { value, prefix });
  const rows = await rowsFor(client, idsOf(ids), at, value);
  return await gather(client, ids, rows, options);
}

interface Place {
  readonly file: number | null;
  readonly record: number | null;
}

/** Rows of operations, and rows that never became one: by their place, or by the key of their group. */
async function rowsFor(
  client: Client,
  operations: readonly number[],
  { file, record }: Place,
  groupKey: string | null,
): Promise<FoundRow[]> {
  const rows = await typed(client)
    .selectFrom('pointferry.row as row')
    .innerJoin('pointferry.file as file', 'file.id', 'row.file')
    .leftJoin('pointferry.operation as op', 'op.id', 'row.operation')
    .select([
      'row.file',
      'file.name',
      'file.run',
      'row.record',
      'row.line',
      'row.role',
      'row.operation',
      'row.groupKey',
      'row.amount',
      'row.currency',
      sql<Bucket>`pointferry.bucket_of("row".role, "row".replaced, op.state)`.as('bucket'),
    ])
    .select(({ ref, selectFrom }) =>
      jsonArrayFrom(
        selectFrom('pointferry.rowError as error')
          .select(['error.code', 'error.field', 'error.reason'])
          .where('error.file', '=', ref('row.file'))
          .where('error.record', '=', ref('row.record'))
          .orderBy('error.n'),
      ).as('faults'),
    )
    .where(({ and, eb, or }) =>
      or([
        ...(operations.length > 0 ? [eb('row.operation', 'in', [...operations])] : []),
        ...(file !== null && record !== null
          ? [and([eb('row.file', '=', file), eb('row.record', '=', record)])]
          : []),
        ...(groupKey !== null ? [eb('row.groupKey', '=', groupKey)] : []),
      ]),
    )
    .orderBy('file.id')
    .orderBy('row.record')
    .limit(mostRows)
    .execute();
  return rows.map((row) => ({ ...row, faults: row.faults.length > 0 ? row.faults : null }));
}

const mostRows = 200;

async function gather(
  client: Client,
  ids: readonly { readonly id: number }[],
  rows: readonly FoundRow[],
  { showValues }: { readonly showValues: boolean },
): Promise<Found> {
  const operations = ids.map(({ id }) => id);
  const found = await query(client, 'report/found-operations', { operations });
  const attempts = await runAs<FoundAttempt>(client, 'report/found-attempts', { operations });
  const shown = (attempt: FoundAttempt): FoundAttempt =>
    showValues ? attempt : { ...attempt, body: attempt.body === null ? null : maskJson(attempt.body) };
  return {
    operations: found.map((one) => ({
      ...one,
      memberKey: one.memberKey === null || showValues ? one.memberKey : maskValue(one.memberKey),
      rows: rows.filter((row) => row.operation === one.id),
      sent: attempts.filter((attempt) => attempt.operation === one.id).map(shown),
    })),
    rows: rows.filter((row) => row.operation === null),
  };
}
