/** What can show that a file was cut: its trailer, and how long files of its pipeline usually are. */
import type { Client } from '../db/pool.ts';
import { runOne } from '../db/sql.ts';
import { allowed } from '../ground/threshold.ts';
import type { ExpectedRows } from '../pipeline/types.ts';
import type { LandingRun, TrailerRule } from './landing.ts';
import type { SummaryPart } from './parse/index.ts';

/** Returns what is wrong if the trailer states another number of records, else null. */
export function trailerFault(rule: TrailerRule, summary: SummaryPart): string | null {
  if (!summary.trailerRecord) return 'its trailer record is missing: the file may have been cut';
  if (rule.count === null) return null;
  const stated = cellOf(summary, rule.count);
  if (!/^\d+$/.test(stated)) return `cell ${rule.count} of its trailer is no number of records`;
  return BigInt(stated) === BigInt(summary.records)
    ? null
    : `its trailer says ${stated} records, ${summary.records} were read`;
}

const cellOf = (summary: SummaryPart, place: number): string =>
  summary.trailerRecord?.cells[place - 1]?.trim() ?? '';

/** Sums over the raw table, by currency. */
export type Sums = Readonly<Record<string, { readonly sum: string; readonly unreadable: number }>>;

/**
 * Returns what is wrong if the trailer states another sum of the amounts, else null. All currencies are added, as senders do
 * for a control total. Where amounts are missing from the sum (damaged or unreadable records) the two cannot be compared.
 */
export async function totalFault(
  client: Client,
  rule: TrailerRule,
  summary: SummaryPart,
  sums: Sums,
): Promise<string | null> {
  const { total, totalSql } = rule;
  if (total === null || totalSql === null) return null;
  const { rows } = await client.query<{ stated: string | null; differs: string | null }>(
    `select n.stated::text as stated, nullif(n.stated - s.counted, 0)::text as differs
       from (select ${totalSql} as stated from (select $1::text as cell) t) n,
            (select coalesce(sum(one::numeric), 0) as counted from unnest($2::text[]) one) s`,
    [cellOf(summary, total), Object.values(sums).map(({ sum }) => sum)],
  );
  const [found] = rows;
  if (!found || found.stated === null) return `cell ${total} of its trailer is no control total`;
  if (summary.damaged > 0 || Object.values(sums).some(({ unreadable }) => unreadable > 0)) return null;
  return found.differs === null
    ? null
    : `the control total of its trailer is off by ${found.differs} from the sum of its rows`;
}

/** Returns what is wrong if a file has too few records, else null. A share needs three earlier files as its base. */
export async function tooFew(
  client: Client,
  run: LandingRun,
  records: number,
  { atLeast }: ExpectedRows,
): Promise<string | null> {
  if (typeof atLeast === 'number')
    return records >= atLeast ? null : `${records} records; the pipeline expects at least ${atLeast}`;
  const { id, account, pipeline } = run;
  const usual = await runOne(client, 'stage/usual-records', {
    run: id,
    account,
    pipeline,
  });
  if (usual.records === null || records >= allowed(atLeast, usual.records)) return null;
  return `${records} records; ${usual.records} are usual, and the pipeline expects at least ${atLeast} of that`;
}
