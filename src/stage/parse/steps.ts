/** The steps of a parse: each looks at `pos` and moves on by a line, a record or a damaged line; false: more bytes are needed. */
import { PointferryError } from '../../ground/errors.ts';
import { delimitedCells, looseCells } from './cells.ts';
import { fitsAgain, judge } from './judge.ts';
import type { DamageCode } from './parts.ts';
import { learn } from './profile.ts';
import { controlCells, otherDelimiter } from './rules.ts';
import { type Line, lineAt, lineEndAt, scan } from './scan.ts';
import { KEPT, report, reportLong, type State, widthOf } from './state.ts';

export function step(s: State): boolean {
  if (s.long !== null) return skipLong(s, s.long);
  if (s.phase === 'preamble') return preamble(s);
  const end = lineEndAt(s.buf, s.pos, s.eof, s.tokens);
  if (end < 0) return false;
  if (end > 0) return skip(s, 'blank', s.pos + end);
  const comment = isComment(s);
  if (comment === 'more') return false;
  if (comment) return skipLine(s, 'comment');
  if (s.phase === 'leader') return leader(s);
  if (s.phase === 'header') return header(s);
  const trailer = trailerLine(s);
  return trailer ?? row(s);
}

function skip(s: State, what: keyof State['skipped'], next: number): true {
  s.skipped[what]++;
  s.line++;
  s.pos = next;
  return true;
}

function skipLine(s: State, what: 'comment' | 'preamble'): boolean {
  const line = lineAt(s.buf, s.pos, s.eof, s.tokens);
  return line === null ? beginLong(s, what) : skip(s, what, line.next);
}

/** The physical line at `pos`, unless it is longer than a record may be. */
function lineHere(s: State): Line | 'more' | 'long' {
  const line = lineAt(s.buf, s.pos, s.eof, s.tokens);
  // a last \r may be half a line end, and no part of the line
  if ((line?.end ?? s.buf.length - 1) - s.pos > s.tokens.max) return 'long';
  return line ?? 'more';
}

function preamble(s: State): boolean {
  if (s.skipped.preamble < s.format.preamble) return skipLine(s, 'preamble');
  s.phase = 'leader';
  return true;
}

function isComment(s: State): boolean | 'more' {
  const { comment } = s.format;
  if (comment === null) return false;
  const prefix = Buffer.from(comment);
  const begin = s.buf.subarray(s.pos, s.pos + prefix.length);
  if (!prefix.subarray(0, begin.length).equals(begin)) return false;
  return begin.length === prefix.length ? true : s.eof ? false : 'more';
}

function headerFault(s: State, reason: string): never {
  throw new PointferryError('STAGE_HEADER', reason, { where: { line: s.line } });
}

function leader(s: State): boolean {
  if (s.leader === null) {
    s.phase = 'header';
    return true;
  }
  const line = lineHere(s);
  if (line === 'more') return false;
  if (line === 'long') headerFault(s, 'the first line does not end');
  const cells = controlCells(s.buf.subarray(s.pos, line.end), s.leader, s.tokens);
  if (cells === null) headerFault(s, 'the first record is not the leader that the format names');
  s.leaderRecord = { line: s.line, cells };
  s.phase = 'header';
  return skip(s, 'header', line.next);
}

/** More lines than any column names have: a quote was left open. */
const HEADER_LINES = 10;

function header(s: State): boolean {
  const { format } = s;
  if (format.kind === 'fixed')
    return named(
      s,
      format.columns.map((column) => column.name),
    );
  if (Array.isArray(format.header)) return named(s, format.header);
  scan(s.buf, s.pos, s.eof, s.tokens, s.found);
  const { kind, end, next, lines, cells } = s.found;
  if (kind === 'more') return false;
  if (format.header === false) {
    // a damaged first record gives what its separators say
    return named(
      s,
      Array.from({ length: cells }, (_, i) => `column_${i + 1}`),
    );
  }
  if (kind !== 'record' || lines > HEADER_LINES) {
    const line = s.buf.subarray(s.pos, lineAt(s.buf, s.pos, true, s.tokens)?.end).subarray(0, KEPT);
    const hint = otherDelimiter(line.toString(), format.delimiter);
    headerFault(s, `the header line has a quote out of place or does not end${hint && `; ${hint}`}`);
  }
  const bytes = s.buf.subarray(s.pos, end);
  if (bytes.includes(0) || !s.codec.sound(bytes)) {
    headerFault(s, `the header line holds bytes that are no text in ${format.encoding}`);
  }
  const [names] = delimitedCells(s.buf.subarray(s.pos, next), 1, format) ?? [];
  if (names === undefined) headerFault(s, 'the header line cannot be read');
  s.header = { kind: 'header', names, line: s.line };
  s.phase = 'records';
  s.skipped.header += lines;
  s.line += lines;
  s.pos = next;
  return true;
}

function named(s: State, names: readonly string[]): true {
  s.header = { kind: 'header', names, line: null };
  s.phase = 'records';
  return true;
}

/** A trailer is held back until the end shows that it was the last; null: this line is none. */
function trailerLine(s: State): boolean | null {
  if (s.trailer === null) return null;
  const line = lineHere(s);
  if (line === 'more') return false;
  if (line === 'long') return null;
  const bytes = s.buf.subarray(s.pos, line.end);
  const cells = controlCells(bytes, s.trailer, s.tokens);
  if (cells === null) return null;
  trailerWasEarly(s);
  s.last = { line: s.line, cells, raw: Buffer.from(bytes) };
  s.line++;
  s.pos = line.next;
  return true;
}

/** A record follows what looked like the trailer: that line is a row of its own after all, and a damaged one. */
function trailerWasEarly(s: State): void {
  if (s.last === null) return;
  const { line, raw } = s.last;
  s.last = null;
  const reason = 'a trailer record comes before the end of the file';
  report(s, { line, code: 'STAGE_TRAILER_EARLY', reason, bytes: raw });
}

function row(s: State): boolean {
  const { found } = s;
  scan(s.buf, s.pos, s.eof, s.tokens, found);
  if (found.kind === 'more') return false;
  trailerWasEarly(s);
  if (found.kind === 'long') return beginLong(s);
  if (s.lost !== null) return seek(s, s.lost);
  if (found.kind !== 'record') return quoteFault(s);
  if (found.lines > 1) return severalLines(s);
  if (found.cells !== widthOf(s)) return rejectLine(s, 'STAGE_COLUMN_COUNT', countReason(s));
  return accept(s);
}

/** The profile learns from each of the first records, then from every 16th. */
const LEARN_ALL = 256;
const LEARN_EACH = 16;

function accept(s: State): true {
  const { end, next, lines } = s.found;
  const cut = s.format.finalNewline === 'required' && s.eof && next === end;
  const record = ++s.records;
  if (cut) {
    const bytes = s.buf.subarray(s.pos, end);
    const reason = 'the last record has no line end: the file was cut off';
    report(s, { line: s.line, lines, code: 'STAGE_TRUNCATED', reason, bytes }, record);
  } else {
    s.spans.push({ from: s.pos, end, next, line: s.line, record });
    const teaches = record <= LEARN_ALL || record % LEARN_EACH === 0;
    if (teaches && s.tokens.quote !== -1) learn(s.profile, looseCells(s.buf.subarray(s.pos, end), s.tokens));
  }
  s.line += lines;
  s.pos = next;
  return true;
}

function countReason(s: State): string {
  const { cells, end } = s.found;
  const width = widthOf(s);
  const text = s.format.kind === 'delimited' && cells === 1 ? s.buf.subarray(s.pos, end).toString() : '';
  const hint = text && otherDelimiter(text, s.format.kind === 'delimited' ? s.format.delimiter : '');
  return `the record has ${cells} ${cells === 1 ? 'cell' : 'cells'} instead of ${width}${hint && `; ${hint}`}`;
}

/** A record over several lines, its quotes in order: believed, or taken apart. */
function severalLines(s: State): boolean {
  const { format, found } = s;
  const fits = found.cells === widthOf(s);
  if (format.kind === 'delimited' && format.multiline === 'trust')
    return fits ? accept(s) : rejectAll(s, 'STAGE_COLUMN_COUNT', countReason(s));
  if (format.kind === 'delimited' && format.multiline === 'refuse') return lose(s, 'a cell holds a line end');
  const verdict = judge(s.buf.subarray(s.pos, found.end), s.tokens, {
    width: widthOf(s),
    profile: s.profile,
  });
  if (verdict === 'swallowed') {
    return lose(
      s,
      `the quoted cell that opens here would swallow ${found.lines - 1} lines that look like records`,
    );
  }
  if (fits && verdict === 'believed') return accept(s);
  if (!fits) return rejectAll(s, 'STAGE_COLUMN_COUNT', countReason(s));
  const reason = 'a quoted cell holds lines that may be records or text: nothing shows which';
  return rejectAll(s, 'STAGE_QUOTE_UNCLOSED', reason);
}

/** Rejects the line at `pos`. From then on a line counts as a record only if it fits (`fitsAgain`). */
function lose(s: State, reason: string, code: DamageCode = 'STAGE_QUOTE_UNCLOSED'): boolean {
  const { line } = s;
  if (!rejectLine(s, code, reason, s.found.cellsOnFirst - 1)) return false;
  s.lost = line;
  return true;
}

function quoteFault(s: State): boolean {
  const { kind, cells, lines } = s.found;
  if (lines > 1 || kind === 'open') {
    const end = kind === 'open' ? 'before the file or the longest record does' : 'in order';
    return lose(s, `the quoted cell that opens here does not end ${end}`);
  }
  const reason =
    kind === 'stray'
      ? `a quote is inside cell ${cells}, which is not quoted`
      : `cell ${cells} continues after its closing quote`;
  return lose(s, reason, 'STAGE_QUOTE_STRAY');
}

/** After a quote fault on line `lost`: continues with the records, or reports one more line. */
function seek(s: State, lost: number): boolean {
  const { found, tokens } = s;
  const shape = { width: widthOf(s), profile: s.profile };
  const fits = fitsAgain(s.buf, s.pos, s.eof, found, tokens, shape);
  if (fits === 'more') return false;
  if (fits) {
    s.lost = null;
    return true;
  }
  const behind = `follows the quote fault of line ${lost}`;
  if (found.kind === 'record' && found.lines === 1) {
    if (found.cells !== shape.width)
      return rejectLine(s, 'STAGE_COLUMN_COUNT', `${countReason(s)}; it ${behind}`);
    return rejectLine(s, 'STAGE_QUOTE_UNCLOSED', `unlike the records before; it ${behind}`);
  }
  const code = found.lines === 1 && found.kind !== 'open' ? 'STAGE_QUOTE_STRAY' : 'STAGE_QUOTE_UNCLOSED';
  return rejectLine(s, code, `its quotes are not in order; it ${behind}`, found.cellsOnFirst - 1);
}

/** Reports the physical line at `pos`. */
function rejectLine(s: State, code: DamageCode, reason: string, cell?: number): boolean {
  const line = lineHere(s);
  if (line === 'more') return false;
  if (line === 'long') return beginLong(s);
  const place = cell === undefined ? {} : { cell };
  report(s, { line: s.line, code, reason, bytes: s.buf.subarray(s.pos, line.end), ...place });
  s.line++;
  s.pos = line.next;
  return true;
}

/** Reports every line of the record at `pos`, blank ones counted as such. */
function rejectAll(s: State, code: DamageCode, reason: string): true {
  const { next, lines } = s.found;
  const first = s.line;
  while (s.pos < next) {
    const blank = lineEndAt(s.buf, s.pos, true, s.tokens);
    if (blank > 0) skip(s, 'blank', s.pos + blank);
    else if (s.line === first) rejectLine(s, code, reason);
    else rejectLine(s, code, `belongs to the ${lines} lines from line ${first} on: ${reason}`);
  }
  return true;
}

function beginLong(s: State, as: 'row' | 'comment' | 'preamble' = 'row'): true {
  s.long = { as, line: s.line, head: [], kept: 0, bytes: 0 };
  return true;
}

/** Goes through a line that need not be kept until its end has come: counts its bytes and keeps its beginning. */
function skipLong(s: State, long: NonNullable<State['long']>): boolean {
  const line = lineAt(s.buf, s.pos, s.eof, s.tokens);
  // a last \r may be half a line end
  const come = s.buf.length - (s.eof || s.buf.at(-1) !== 13 ? 0 : 1);
  const end = line?.end ?? come;
  const piece = s.buf.subarray(s.pos, end);
  const kept = Buffer.from(piece.subarray(0, KEPT - long.kept));
  if (kept.length > 0) long.head.push(kept);
  long.kept += kept.length;
  long.bytes += s.codec.size(piece);
  s.pos = line?.next ?? end;
  if (line === null) return false;
  s.long = null;
  if (long.as === 'row') reportLong(s, long.line, Buffer.concat(long.head), long.bytes);
  else s.skipped[long.as]++;
  s.line++;
  return true;
}
