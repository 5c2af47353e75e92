/** What a request says of its runs while it is under way. */
import type { LiveStage, Progress, Subject } from '../flow/progress.ts';
import type { Selected } from '../flow/rerun.ts';
import type { ExitCode } from '../ground/exit.ts';
import type { Summary } from '../report/findings/summary.ts';

export type { LiveStage, Progress, Subject };

/** A run that came to its end. */
export interface RunReport {
  readonly run: string;
  /** As the ledger keeps it. */
  readonly exitCode: ExitCode;
  readonly summary: Summary;
  /** summary.txt, by lines. */
  readonly text: readonly string[];
}

export type RunEvent =
  /** A dismissed run is resumed. */
  | { readonly type: 'reopened'; readonly run: string }
  /** A rerun has chosen its rows. */
  | { readonly type: 'selected'; readonly run: string; readonly selected: Selected }
  | { readonly type: 'started'; readonly run: Subject }
  | { readonly type: 'progress'; readonly run: string; readonly progress: Progress }
  /** Without a report: an error left it as it is. */
  | { readonly type: 'ended'; readonly run: string; readonly report: RunReport | null };

export interface Watching {
  /** Aborted: stop cleanly. */
  readonly signal: AbortSignal;
  readonly watch: (event: RunEvent) => void;
}
