/** Where a parse stands: one per file, filled and emptied block by block; its size is bounded by `maxRecordSize`. */
import type { Codec } from './encoding.ts';
import type { ParseFormat } from './format.ts';
import type {
  ControlRecord,
  DamageCode,
  DamagedRecord,
  GoodRecord,
  HeaderPart,
  SkippedLines,
} from './parts.ts';
import { newProfile, type Profile } from './profile.ts';
import { type CompiledRule, compileRule } from './rules.ts';
import { type Found, nothingFound, type Tokens, tokensOf } from './scan.ts';

/** How much of a record that is too long is kept. */
export const KEPT = 64 * 1024;

export interface State {
  readonly format: ParseFormat;
  readonly tokens: Tokens;
  readonly codec: Codec;
  readonly leader: CompiledRule | null;
  readonly trailer: CompiledRule | null;
  readonly profile: Profile;
  readonly found: Found;
  readonly skipped: { -readonly [K in keyof SkippedLines]: number };

  /** The window: what has come and is not done with, `pos` the next byte to look at. */
  buf: Buffer;
  pos: number;
  eof: boolean;
  /** The physical line at `pos`. */
  line: number;
  records: number;
  damagedRecords: number;
  phase: 'preamble' | 'leader' | 'header' | 'records';
  header: HeaderPart | null;
  leaderRecord: ControlRecord | null;
  /** The trailer, as long as nothing follows it. */
  last: (ControlRecord & { readonly raw: Buffer }) | null;
  /** The line of the quote fault after which no record has fitted yet. */
  lost: number | null;
  /** A line that is not kept (a record too long, a comment, a preamble), whose end has not come yet. */
  long: {
    readonly as: 'row' | 'comment' | 'preamble';
    readonly line: number;
    readonly head: Buffer[];
    kept: number;
    bytes: number;
  } | null;

  /** Records found in order in the window and not cut into cells yet: four numbers each. */
  spans: Span[];
  good: GoodRecord[];
  damaged: DamagedRecord[];
}

export interface Span {
  readonly from: number;
  readonly end: number;
  readonly next: number;
  readonly line: number;
  readonly record: number;
}

export function newState(format: ParseFormat, codec: Codec): State {
  return {
    format,
    tokens: tokensOf(format),
    codec,
    leader: compileRule(format.leader),
    trailer: compileRule(format.trailer),
    profile: newProfile(),
    found: nothingFound(),
    skipped: { blank: 0, comment: 0, preamble: 0, header: 0, trailer: 0 },
    buf: Buffer.alloc(0),
    pos: 0,
    eof: false,
    line: 1,
    records: 0,
    damagedRecords: 0,
    phase: 'preamble',
    header: null,
    leaderRecord: null,
    last: null,
    lost: null,
    long: null,
    spans: [],
    good: [],
    damaged: [],
  };
}

/** How many cells a record has; 0 before that is known. A fixed-width line is one cell until it is cut. */
export const widthOf = (s: State): number => (s.format.kind === 'fixed' ? 1 : (s.header?.names.length ?? 0));

export interface Damage {
  readonly line: number;
  readonly lines?: number;
  readonly code: DamageCode;
  readonly reason: string;
  /** Index of the cell at fault. */
  readonly cell?: number;
  /** Inner bytes, line end excluded. */
  readonly bytes: Buffer;
}

/** Reports a damaged record, as the next record of the file unless its number was given before. */
export function report(s: State, damage: Damage, record?: number): void {
  const raw = Buffer.from(s.codec.encode(damage.bytes));
  s.damaged.push({
    record: record ?? ++s.records,
    line: damage.line,
    lines: damage.lines ?? 1,
    code: damage.code,
    reason: damage.reason,
    field: damage.cell === undefined ? null : (s.header?.names[damage.cell] ?? null),
    raw,
    bytes: raw.length,
  });
  s.damagedRecords++;
}

/** Reports a record of which only the `head` was kept; `bytes` is its whole length in the file. */
export function reportLong(s: State, line: number, head: Buffer, bytes: number): void {
  const { maxRecordSize } = s.format;
  const kept = bytes > KEPT ? `; the first ${KEPT / 1024} KiB are kept` : '';
  const reason = `the line has ${bytes} bytes without an end, more than maxRecordSize ${maxRecordSize}${kept}`;
  const raw = Buffer.from(s.codec.encode(head.subarray(0, characterEnd(head))));
  const record = ++s.records;
  s.damaged.push({ record, line, lines: 1, code: 'STAGE_RECORD_TOO_LONG', reason, field: null, raw, bytes });
  s.damagedRecords++;
}

/** The end of `bytes` without a last character that was cut. */
function characterEnd(bytes: Buffer): number {
  let start = bytes.length - 1;
  while (start > bytes.length - 4 && start > 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start--;
  const lead = bytes[start] ?? 0;
  const length = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return start + length > bytes.length ? start : bytes.length;
}
