/**
 * Whether a cell that holds line ends is one, or records swallowed by a stray quote. README.md says what cannot be known.
 *
 * The bytes of both can be the same, so it is weighed: the opening line and the closing line, read with their odd quotes as
 * plain characters, and every line in between on its own. A line speaks for "swallowed" when it has as many cells as the
 * header and could stand among the records seen so far (profile.ts).
 */
import { looseCells } from './cells.ts';
import { admits, type Profile } from './profile.ts';
import { type Found, lineAt, lineEndAt, nothingFound, scan, type Tokens } from './scan.ts';

export interface Shape {
  readonly width: number;
  readonly profile: Profile;
}

/** 'doubtful' is neither: all its lines are reported, none is taken for a record. */
export type Verdict = 'believed' | 'swallowed' | 'doubtful';

/** Judges a record over several lines, `bytes` without its last line end. */
export function judge(bytes: Buffer, t: Tokens, shape: Shape): Verdict {
  const lines = linesOf(bytes, t);
  const first = lines.shift();
  const last = lines.pop();
  if (first === undefined || last === undefined) return 'believed';
  const ends = Number(looksWhole(first, t, shape)) + Number(looksWhole(last, t, shape));
  const inside = lines.filter((line) => line.length > 0);
  const alike = inside.filter((line) => standsAlone(line, t, shape)).length;
  if (alike === 0 && ends < 2) return 'believed';
  return (alike + ends) * 2 > inside.length + 2 ? 'swallowed' : 'doubtful';
}

function linesOf(bytes: Buffer, t: Tokens): Buffer[] {
  const lines: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const line = lineAt(bytes, at, true, t);
    if (line === null) break;
    lines.push(bytes.subarray(at, line.end));
    at = line.next;
    if (at === bytes.length && line.end < line.next) lines.push(bytes.subarray(at));
  }
  return lines;
}

function looksWhole(line: Buffer, t: Tokens, shape: Shape): boolean {
  const cells = looseCells(line, t);
  return cells.length === shape.width && admits(shape.profile, cells);
}

const tried: Found = nothingFound();

function standsAlone(line: Buffer, t: Tokens, shape: Shape): boolean {
  scan(line, 0, true, t, tried);
  if (tried.kind !== 'record' || tried.cells !== shape.width) return false;
  return admits(shape.profile, looseCells(line, t));
}

/**
 * After a fault with quotes: whether records begin again at `from`, where `found` was scanned. Yes for a record of the right
 * width that could stand among those seen, or for three of the right width in a row, so that a change in the data is not
 * held against it; 'more' when that cannot be told yet.
 */
export function fitsAgain(
  buf: Buffer,
  from: number,
  eof: boolean,
  found: Found,
  t: Tokens,
  shape: Shape,
): boolean | 'more' {
  if (found.kind !== 'record' || found.cells !== shape.width) return false;
  const bytes = buf.subarray(from, found.end);
  if (found.lines > 1) return judge(bytes, t, shape) === 'believed';
  if (admits(shape.profile, looseCells(bytes, t))) return true;
  let at = found.next;
  for (let row = 2; row <= 3; row++) {
    for (let blank = lineEndAt(buf, at, eof, t); blank > 0; blank = lineEndAt(buf, at, eof, t)) at += blank;
    if (at >= buf.length) return eof ? true : 'more';
    scan(buf, at, eof, t, tried);
    if (tried.kind === 'more') return 'more';
    if (tried.kind !== 'record' || tried.cells !== shape.width) return false;
    at = tried.next;
  }
  return true;
}
