/**
 * The books of one parsed file, kept by other means than the parser's: the text is cut into physical lines by a regular
 * expression, and every one of them must be in exactly one good record, one damaged one, or among those counted as skipped.
 */
import type { Parsed } from './parsing.ts';

export interface Known {
  readonly delimiter: string;
  readonly quote: string | null;
  /** When it is not the quote. */
  readonly escape?: string;
  readonly preamble: number;
  readonly comment: string | null;
  readonly trailer: string | null;
}

/** One character per byte, so that a place in the text is a place in the file. BOMs are not expected here. */
export function physicalLines(bytes: Buffer): string[] {
  const lines = bytes.toString('latin1').split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

const lineEnds = (text: string) => text.match(/\r\n|\n|\r/g)?.length ?? 0;
const bare = (text: string, { quote, escape: escaper }: Known) =>
  text
    .replace(/\r\n|\n|\r/g, '\n')
    .replaceAll(quote ?? '', '')
    .replaceAll(escaper ?? '', '');

/** What is wrong with the books of this file; empty when they balance. */
export function bookFaults(
  bytes: Buffer,
  { header, good, damaged, summary }: Parsed,
  known: Known,
): string[] {
  const lines = physicalLines(bytes);
  const faults: string[] = [];
  const owner = new Map<number, string>();
  const own = (from: number, count: number, who: string) => {
    for (let line = from; line < from + count; line++) {
      if (line > lines.length) faults.push(`${who} stands on line ${line}, behind the end`);
      if (owner.has(line)) faults.push(`line ${line} is in ${owner.get(line)} and in ${who}`);
      owner.set(line, who);
    }
  };
  const textOf = (from: number, count: number) => lines.slice(from - 1, from - 1 + count).join('\n');
  for (const { record, line, cells } of good) {
    const count = 1 + cells.reduce((sum, cell) => sum + lineEnds(cell), 0);
    own(line, count, `good ${record}`);
    if (cells.length !== header?.names.length) faults.push(`good ${record} has ${cells.length} cells`);
    // nothing of the line may be lost or moved: without quotes, cells and line are the same
    const joined = Buffer.from(cells.join(known.delimiter)).toString('latin1');
    if (bare(joined, known) !== bare(textOf(line, count), known)) {
      faults.push(`good ${record} differs from its lines`);
    }
  }
  for (const { record, line, lines: count, raw, bytes: size } of damaged) {
    own(line, count, `damaged ${record}`);
    const text = textOf(line, count);
    const mine = raw.toString('latin1').replace(/\r\n|\n|\r/g, '\n');
    if (size === raw.length ? mine !== text : !text.startsWith(mine)) faults.push(`raw of ${record} differs`);
  }
  const numbers = [...good, ...damaged].sort((a, b) => a.record - b.record);
  numbers.forEach(({ record, line }, i) => {
    if (record !== i + 1) faults.push(`record ${i + 1} is missing or doubled`);
    const before = numbers[i - 1];
    if (before !== undefined && before.line >= line) faults.push(`record ${record} is out of order`);
  });
  const from = header?.line ?? 0;
  const named = { from, to: from === 0 ? 0 : from + 1 + lineEnds(header?.names.join('') ?? '') };
  const left = { blank: 0, comment: 0, preamble: 0, header: 0, trailer: 0 };
  lines.forEach((text, i) => {
    const line = i + 1;
    if (owner.has(line)) return;
    if (line <= known.preamble) left.preamble++;
    else if (line > named.from && line < named.to) left.header++;
    else if (text === '') left.blank++;
    else if (known.comment !== null && text.startsWith(known.comment)) left.comment++;
    else if (line === named.from) left.header++;
    else if (known.trailer !== null && line === summary.trailerRecord?.line) left.trailer++;
    else faults.push(`line ${line} is nowhere`);
  });
  const counted = summary.skippedLines;
  for (const kind of ['blank', 'comment', 'preamble', 'header', 'trailer'] as const) {
    if (left[kind] !== counted[kind]) faults.push(`${kind}: ${counted[kind]} counted, ${left[kind]} found`);
  }
  if (summary.lines !== lines.length) faults.push(`${summary.lines} lines counted of ${lines.length}`);
  if (summary.records !== good.length + damaged.length) faults.push('records do not add up');
  if (summary.damaged !== damaged.length) faults.push('damaged do not add up');
  if (summary.bytes !== bytes.length) faults.push('bytes do not add up');
  return faults;
}
