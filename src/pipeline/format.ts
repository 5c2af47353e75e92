/** How the bytes of a file become cells, as a pipeline says it: plain data; `src/stage` keeps the promise. */

export type Encoding = 'utf-8' | 'utf-16' | 'utf-16le' | 'utf-16be' | 'iso-8859-1' | 'windows-1252';

/** How a control record is known: its first cell equals `first`, or its line matches the regular expression `match`. */
export type RecordRule = { readonly first: string } | { readonly match: string };

export interface Format {
  /** Between cells (default `','`): `'|'`, `';'`, `'\t'`. */
  readonly delimiter?: string;
  /** Default `'"'`; `null`: quotes are ordinary characters. */
  readonly quote?: string | null;
  /** Makes a quote inside quotes literal (default the quote itself: doubled quotes). */
  readonly escape?: string;
  /** Default `'utf-8'`. Bytes that do not fit are errors of their record. */
  readonly encoding?: Encoding;
  /** `true` (default): the first record names the columns. `false`: `column_1`, `column_2`, … A list: the names. */
  readonly header?: boolean | readonly string[];
  /** Physical lines before the header that are skipped. */
  readonly preamble?: number;
  /** Lines beginning with this are comments: `'#'`. */
  readonly comment?: string | null;
  /** Default all three. */
  readonly lineEnds?: readonly ('\r\n' | '\n' | '\r')[];
  /** Bytes one record may have (default 1 MiB). */
  readonly maxRecordSize?: number;
  /** A record before the header that is no row: `{ first: 'H' }`. */
  readonly leader?: RecordRule | null;
  /** The last record, when it is no row: `{ first: 'T' }`. */
  readonly trailer?: RecordRule | null;
  /** What the trailer says, by the position of its cell from 1: `{ count: 2, total: 3 }`. */
  readonly control?: { readonly count?: number; readonly total?: number };
  /** `'required'`: a last record without line end is a cut one. */
  readonly finalNewline?: 'optional' | 'required';
  /** Cells that hold line ends (default `'check'`). */
  readonly multiline?: 'check' | 'trust' | 'refuse';
  /** A fixed-width file: its columns; `at` counts characters from 1. */
  readonly fixed?: readonly { readonly name: string; readonly at: number; readonly width: number }[];
  /** Other names that a column may have in the header, most wanted first: `{ member_id: ['MemberID', 'Member'] }`. */
  readonly aliases?: Readonly<Record<string, readonly string[]>>;
  /** Columns of a file that the pipeline does not use (default `'accept'`). */
  readonly extra?: 'accept' | 'warn' | 'refuse';
  /** `'loose'` (default): case and surrounding blanks of header names do not matter. */
  readonly match?: 'loose' | 'exact';
  /** Cells that mean empty, beside the empty cell (default none): `['NULL', 'n/a']`. A column may state its own. */
  readonly nulls?: readonly string[];
}
