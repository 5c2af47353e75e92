/**
 * Finds where one record ends, by RFC 4180 read strictly: a quote stands only at the two ends of a cell, or escaped inside.
 * It looks at bytes (UTF-8, see encoding.ts) and makes no cells: that is csv-parse's work, on what was found in order here.
 */
import type { ParseFormat } from './format.ts';

export interface Tokens {
  readonly delimiter: Buffer;
  /** -1: none. */
  readonly quote: number;
  readonly escape: number;
  readonly crlf: boolean;
  readonly lf: boolean;
  readonly cr: boolean;
  readonly max: number;
  /** Per byte: 0 ordinary, else looked at. */
  readonly special: Uint8Array;
}

export function tokensOf(format: ParseFormat): Tokens {
  const delimiter = Buffer.from(format.kind === 'delimited' ? format.delimiter : '');
  const quote = format.kind === 'delimited' && format.quote !== null ? format.quote.charCodeAt(0) : -1;
  const escaper = format.kind === 'delimited' && format.quote !== null ? format.escape.charCodeAt(0) : -1;
  const special = new Uint8Array(256);
  for (const byte of [delimiter[0] ?? -1, quote, escaper, 10, 13]) if (byte >= 0) special[byte] = 1;
  const ends = new Set(format.lineEnds);
  return {
    delimiter,
    quote,
    escape: escaper,
    crlf: ends.has('\r\n'),
    lf: ends.has('\n'),
    cr: ends.has('\r'),
    max: format.maxRecordSize,
    special,
  };
}

/**
 * 'record'  in order from `from` to `end`; `next` is behind its line end;
 * 'stray'   a quote inside an unquoted cell, at `end`;
 * 'closing' something behind a closing quote, at `end`;
 * 'open'    a quoted cell that does not end before the file or `max` does;
 * 'long'    more than `max` bytes without a line end;
 * 'more'    cannot be told before more bytes have come.
 */
export type Kind = 'record' | 'stray' | 'closing' | 'open' | 'long' | 'more';

/** What `scan` found; one object is filled again and again, since there is one per record. */
export interface Found {
  kind: Kind;
  end: number;
  next: number;
  /** Cells begun. */
  cells: number;
  /** Physical lines begun. */
  lines: number;
  /** Of them, the cells begun on the first line: the last of these is the one at fault there. */
  cellsOnFirst: number;
}

export const nothingFound = (): Found => ({
  kind: 'more',
  end: 0,
  next: 0,
  cells: 0,
  lines: 0,
  cellsOnFirst: 0,
});

/** Length of the line end at `i`: 0 none, -1 when a `\r` stands last and more may come. */
export function lineEndAt(buf: Buffer, i: number, eof: boolean, t: Tokens): number {
  const byte = buf[i];
  if (byte === 10) return t.lf ? 1 : 0;
  if (byte !== 13) return 0;
  if (t.crlf) {
    if (i + 1 >= buf.length && !eof) return -1;
    if (buf[i + 1] === 10) return 2;
  }
  return t.cr ? 1 : 0;
}

/** Ends at `end`; the next one begins at `next`, behind the line end. */
export interface Line {
  readonly end: number;
  readonly next: number;
}

/** Splits off the line at `from`: its end and where the next one begins; null when its end has not come yet. */
export function lineAt(buf: Buffer, from: number, eof: boolean, t: Tokens): Line | null {
  for (let i = from; i < buf.length; i++) {
    const byte = buf[i];
    if (byte !== 10 && byte !== 13) continue;
    const length = lineEndAt(buf, i, eof, t);
    if (length < 0) return null;
    if (length > 0) return { end: i, next: i + length };
  }
  return eof ? { end: buf.length, next: buf.length } : null;
}

/** Length of the delimiter at `i`: 0 none, -1 when more bytes are needed. */
function delimiterAt(buf: Buffer, i: number, eof: boolean, t: Tokens): number {
  const { delimiter } = t;
  if (buf[i] !== delimiter[0]) return 0;
  for (let k = 1; k < delimiter.length; k++) {
    if (i + k >= buf.length) return eof ? 0 : -1;
    if (buf[i + k] !== delimiter[k]) return 0;
  }
  return delimiter.length;
}

/** Looks for the record that begins at `from`. `eof`: the file ends where `buf` does. */
export function scan(buf: Buffer, from: number, eof: boolean, t: Tokens, found: Found): Kind {
  found.cells = 1;
  found.lines = 1;
  let i = from;
  for (;;) {
    const closed = t.quote !== -1 && buf[i] === t.quote;
    if (closed) {
      i = closingQuote(buf, i + 1, eof, t, found);
      if (i < 0) return settle(found, eof ? 'open' : 'more', from, buf.length, buf.length, t);
    }
    for (;;) {
      if (!closed) while (t.special[buf[i] ?? 10] === 0) i++;
      if (i >= buf.length) return settle(found, eof ? 'record' : 'more', from, buf.length, buf.length, t);
      const delimiter = delimiterAt(buf, i, eof, t);
      if (delimiter > 0) {
        i += delimiter;
        break;
      }
      const end = delimiter === 0 ? lineEndAt(buf, i, eof, t) : delimiter;
      if (end > 0) return settle(found, 'record', from, i, i + end, t);
      if (end < 0) return settle(found, 'more', from, buf.length, buf.length, t);
      if (closed) return settle(found, 'closing', from, i, i, t);
      if (buf[i] === t.quote) return settle(found, 'stray', from, i, i, t);
      i++;
    }
    found.cells++;
  }
}

/** Behind the quote that closes the cell; -1 when the bytes end before it. Counts the lines on the way. */
function closingQuote(buf: Buffer, from: number, eof: boolean, t: Tokens, found: Found): number {
  let i = from;
  for (;;) {
    while (t.special[buf[i] ?? 10] === 0) i++;
    if (i >= buf.length) return -1;
    const byte = buf[i];
    const next = buf[i + 1];
    if (byte === t.escape || byte === t.quote) {
      // where more bytes may follow, nothing can be closed at the last one: the caller sees that it stands at the end
      if (byte === t.escape && (next === t.quote || next === t.escape)) i += 2;
      else if (byte === t.quote) return i + 1;
      else i++;
      continue;
    }
    const end = lineEndAt(buf, i, eof, t);
    if (end < 0) return -1;
    if (end > 0 && found.lines++ === 1) found.cellsOnFirst = found.cells;
    i += end || 1;
  }
}

/** The bound is the record's own length, not how much happens to be in memory: any chunking gives the same answer. */
function settle(found: Found, kind: Kind, from: number, end: number, next: number, t: Tokens): Kind {
  const over = end - from > t.max + (kind === 'more' ? LOOK_AHEAD : 0);
  found.kind = over ? (found.lines === 1 ? 'long' : 'open') : kind;
  found.end = end;
  found.next = next;
  if (found.lines === 1) found.cellsOnFirst = found.cells;
  return found.kind;
}

/** More than any delimiter or line end has bytes. */
const LOOK_AHEAD = 256;
