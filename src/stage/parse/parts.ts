/** What the parser hands over, in this order: one header (if the file has any record), batches, one summary. */
import type { Code } from '../../ground/catalogue.ts';

export type DamageCode = Extract<
  Code,
  | 'STAGE_COLUMN_COUNT'
  | 'STAGE_ENCODING'
  | 'STAGE_NUL'
  | 'STAGE_QUOTE_STRAY'
  | 'STAGE_QUOTE_UNCLOSED'
  | 'STAGE_RECORD_TOO_LONG'
  | 'STAGE_TRAILER_EARLY'
  | 'STAGE_TRUNCATED'
>;

/** A record that fits. `record` runs from 1 over good and damaged ones alike; `line` is where it opens, from 1. */
export interface GoodRecord {
  readonly record: number;
  readonly line: number;
  /** As many as the header has names; nothing trimmed, no null among them. */
  readonly cells: readonly string[];
}

/** A record, or a physical line of a damaged region, that is one rejected row. */
export interface DamagedRecord {
  readonly record: number;
  readonly line: number;
  /** Physical lines it covers; more than 1 only where the record's own shape is sound (encoding, NUL). */
  readonly lines: number;
  readonly code: DamageCode;
  /** For people; holds positions and counts, never cell values. */
  readonly reason: string;
  /** The name of the column at fault, where one can be named. */
  readonly field: string | null;
  /** The file's own bytes without the line end; the first 64 KiB when the record is too long. */
  readonly raw: Buffer;
  /** Bytes the record has in the file, line end excluded; more than `raw.length` only when it was cut. */
  readonly bytes: number;
}

export interface HeaderPart {
  readonly kind: 'header';
  /** As they stand in the file (BOM taken off), as given, or `column_1` …; not yet fit for Postgres: see bindHeader. */
  readonly names: readonly string[];
  /** The physical line where the header opens; null when the file has none. */
  readonly line: number | null;
}

export interface Batch {
  readonly kind: 'records';
  readonly good: readonly GoodRecord[];
  readonly damaged: readonly DamagedRecord[];
}

export interface ControlRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

export interface SkippedLines {
  readonly blank: number;
  readonly comment: number;
  readonly preamble: number;
  /** The column names and the leader. */
  readonly header: number;
  readonly trailer: number;
}

export interface SummaryPart {
  readonly kind: 'summary';
  /** Good and damaged. */
  readonly records: number;
  readonly damaged: number;
  readonly skippedLines: SkippedLines;
  /** Physical lines, an unterminated last one included. */
  readonly lines: number;
  /** Bytes of the file, BOM included. */
  readonly bytes: number;
  readonly leaderRecord: ControlRecord | null;
  readonly trailerRecord: ControlRecord | null;
  /** The last line has bytes and no line end. */
  readonly lastLineUnterminated: boolean;
}

export type Part = HeaderPart | Batch | SummaryPart;
