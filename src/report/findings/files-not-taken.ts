/** Files of a run that were not taken and are not known: they may need attention. */
import { hintOf } from './line.ts';
import type { Findings } from './summary.ts';

export interface FileNotTaken {
  readonly file: string;
  readonly verdict: 'empty' | 'refused' | 'unfinished';
  readonly code: string;
  readonly reason: string;
  readonly do: string;
}

/** An empty file that its pipeline allows has no code. */
export function filesNotTaken({ books }: Findings): FileNotTaken[] {
  return books.files.flatMap(({ file: { name, verdict, code, reason } }) =>
    verdict === 'staged' || verdict === 'duplicate' || code === null
      ? []
      : [{ file: name, verdict, code, reason: reason ?? '', do: hintOf(code) }],
  );
}
