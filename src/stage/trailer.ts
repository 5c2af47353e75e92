/** A trailer's word against what was counted: the only way to know that a CSV is complete. */
import type { SummaryPart } from './parse/index.ts';

export interface TrailerRule {
  /** Which cell of the trailer (from 1) holds the number of records; null: none does. */
  readonly count: number | null;
}

/** What the trailer contradicts, or null. */
export function trailerFault(rule: TrailerRule, summary: SummaryPart): string | null {
  if (!summary.trailerRecord) return 'its trailer record is missing: the file may have been cut';
  if (rule.count === null) return null;
  const said = summary.trailerRecord.cells[rule.count - 1]?.trim() ?? '';
  if (!/^\d+$/.test(said)) return `cell ${rule.count} of its trailer is no number of records`;
  return BigInt(said) === BigInt(summary.records)
    ? null
    : `its trailer says ${said} records, ${summary.records} were read`;
}
