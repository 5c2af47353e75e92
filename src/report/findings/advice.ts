/** What a person can do about a group of errors, and what to type. */
import type { ErrorGroup } from './groups.ts';

export interface Advice {
  readonly do: string;
  readonly command: string | null;
}

/** What follows from the code and from where the rows stand. `until`: when the first parked one is given up. */
export function adviceFor(run: string, group: ErrorGroup, until: Date | null): Advice {
  const number = group.number;
  if (group.buckets.parked > 0) {
    const latest = until ? `, at the latest refused on ${until.toISOString().slice(0, 10)}` : '';
    return { do: `nothing: released when the member arrives${latest}`, command: null };
  }
  if (group.buckets.unknown > 0)
    return {
      do: 'look at the platform what became of them, then decide',
      command: `pointferry settle ${run} --group ${number} --as delivered|retry --note TEXT`,
    };
  if (group.code.startsWith('STAGE_'))
    return {
      do: 'mend column _raw in the file, then  pointferry rerun --from fix.csv --dry-run',
      command: `pointferry errors ${run} --group ${number} --out fix.csv`,
    };
  if (group.code === 'NORMALIZE_GROUP_INCOMPLETE' || group.code === 'NORMALIZE_GROUP_UNCERTAIN')
    return { do: 'follows the group of the row that is at fault', command: null };
  if (group.code === 'NORMALIZE_CHANGED_AFTER_DELIVERY') return { do: group.hint, command: null };
  return { do: group.hint, command: `pointferry rerun ${run} --group ${number}` };
}
