/** A trailer's word against what was read: the only way to know that a CSV is complete. */
import type { Client } from '../db/pool.ts';
import type { SummaryPart } from './parse/index.ts';

export interface TrailerRule {
  /** Which cell of the trailer (from 1) holds the number of records; null: none does. */
  readonly count: number | null;
  /** Which one holds the sum of the amounts; null: none does. */
  readonly total: number | null;
  /** SQL of the number that is written in `t.said`, as the amounts are written; null where it is none. */
  readonly totalSql: string | null;
}

/** What the trailer says of the number of records, if it contradicts it; null otherwise. */
export function trailerFault(rule: TrailerRule, summary: SummaryPart): string | null {
  if (!summary.trailerRecord) return 'its trailer record is missing: the file may have been cut';
  if (rule.count === null) return null;
  const said = cellOf(summary, rule.count);
  if (!/^\d+$/.test(said)) return `cell ${rule.count} of its trailer is no number of records`;
  return BigInt(said) === BigInt(summary.records)
    ? null
    : `its trailer says ${said} records, ${summary.records} were read`;
}

const cellOf = (summary: SummaryPart, place: number): string =>
  summary.trailerRecord?.cells[place - 1]?.trim() ?? '';

/** Sums by currency, as stage took them from the raw table. */
export type Sums = Readonly<Record<string, { readonly sum: string; readonly unreadable: number }>>;

/**
 * What the trailer says of the sum of the amounts, if it contradicts it; all currencies are added, as senders do for a
 * control total. Where amounts are missing from the sum (damaged records, unreadable ones) nothing can be said.
 */
export async function totalFault(
  client: Client,
  rule: TrailerRule,
  summary: SummaryPart,
  sums: Sums,
): Promise<string | null> {
  const { total, totalSql } = rule;
  if (total === null || totalSql === null) return null;
  const { rows } = await client.query<{ said: string | null; differs: string | null }>(
    `select n.said::text as said, nullif(n.said - s.counted, 0)::text as differs
       from (select ${totalSql} as said from (select $1::text as said) t) n,
            (select coalesce(sum(one::numeric), 0) as counted from unnest($2::text[]) one) s`,
    [cellOf(summary, total), Object.values(sums).map(({ sum }) => sum)],
  );
  const [found] = rows;
  if (!found || found.said === null) return `cell ${total} of its trailer is no control total`;
  if (summary.damaged > 0 || Object.values(sums).some(({ unreadable }) => unreadable > 0)) return null;
  return found.differs === null
    ? null
    : `the control total of its trailer is off by ${found.differs} from the sum of its rows`;
}
