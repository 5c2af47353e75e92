/** What landing a file needs, and what comes of it. */
import type { Code } from '../ground/catalogue.ts';
import type { ExpectedRows } from '../pipeline/types.ts';
import type { Binding } from './header.ts';
import type { ParseFormat } from './parse/index.ts';

/** A file as read hands it over. */
export interface Landing {
  readonly name: string;
  readonly path: string;
  readonly businessDate: string | null;
  /** The business date is in the file's name: only then can another file of that name be its correction. */
  readonly dated: boolean;
  readonly sha256: string;
  readonly contentSha256: string;
  readonly bytes: number;
  /** Its plain bytes from the beginning. Called again if the database makes the landing start over. */
  readonly open: () => AsyncIterable<Buffer>;
}

/** What the pipeline states about the file. */
export interface Shape {
  readonly format: ParseFormat;
  /** Binds the header's names to columns of the raw table. Throws STAGE_HEADER. */
  readonly bind: (names: readonly string[]) => Binding;
  /** SQL of (currency, sum, rows, unreadable) over the raw table; null if the pipeline has no amount. */
  readonly amountSums: ((table: string, header: Binding) => string) | null;
  readonly trailer: TrailerRule | null;
  /** How many records a file has at least; null: any number. */
  readonly atLeast: ExpectedRows | null;
  /** Its rows are states: see `isBack` in known.ts. */
  readonly state: boolean;
  /** Its rows have no natural key, so new rows of a correction cannot be told from old ones. */
  readonly keyless: boolean;
}

/** What a trailer record states, by its cells. */
export interface TrailerRule {
  /** Which cell of the trailer (from 1) holds the number of records; null: none does. */
  readonly count: number | null;
  /** Which one holds the sum of the amounts; null: none does. */
  readonly total: number | null;
  /** SQL that reads the number in `t.cell` as the pipeline's amounts are read; null if there is no total. */
  readonly totalSql: string | null;
}

export interface LandingRun {
  readonly id: string;
  readonly account: string;
  readonly pipeline: string;
  /** Notes from earlier attempts of this run. A file that is seen again replaces its note. */
  readonly before?: readonly number[];
  /** Fencing token of the process that holds the run; a rehearsal has none. */
  readonly token?: number;
}

export interface LandOptions {
  /** --allow-duplicate-file */
  readonly allowAgain: boolean;
  /** --as-new */
  readonly asNew: boolean;
  readonly signal: AbortSignal;
  readonly progress: (rows: number, damaged: number) => void;
}

/** One file to land. */
export interface LandRequest {
  readonly run: LandingRun;
  readonly file: Landing;
  readonly shape: Shape;
  readonly options: LandOptions;
}

export type Verdict = 'staged' | 'duplicate' | 'empty' | 'refused' | 'unfinished';

export interface Landed {
  readonly verdict: Verdict;
  readonly file: number | null;
  readonly records: number;
  readonly damaged: number;
  readonly code: Code | null;
  readonly reason: string | null;
  readonly earlierRun: string | null;
  readonly correctionOf: number | null;
  /** For people; hold no cells. */
  readonly warnings: readonly string[];
}

/** A verdict without rows. */
export const landedNothing = (verdict: Verdict): Landed => ({
  verdict,
  file: null,
  records: 0,
  damaged: 0,
  code: null,
  reason: null,
  earlierRun: null,
  correctionOf: null,
  warnings: [],
});
