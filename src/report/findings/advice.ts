/** What an operator can do about a group of errors, and what to type: the catalogue's words, for this run and group. */
import type { ErrorGroup } from './groups.ts';
import { entryOf } from './line.ts';

export interface Advice {
  readonly do: string;
  readonly command: string | null;
  /** What to type once that is done. */
  readonly afterwards: string | null;
}

/** `until`: when the first parked operation is given up. */
export function adviceFor(run: string, group: ErrorGroup, until: Date | null): Advice {
  if (group.buckets.parked > 0) {
    const latest = until ? `, rejected on ${until.toISOString().slice(0, 10)} if it does not` : '';
    return { do: `nothing: released when the member arrives${latest}`, command: null, afterwards: null };
  }
  const entry = entryOf(group.code);
  const typed = (command: string): string =>
    command.replace(/\bRUN\b/, run).replace(/\bN\b/, String(group.number));
  return {
    do: group.hint,
    command: entry?.command ? typed(entry.command) : null,
    afterwards: entry?.afterwards ? typed(entry.afterwards) : null,
  };
}
