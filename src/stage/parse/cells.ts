/** From stretches that are in order to cells: csv-parse for delimited files, slices for fixed width. */
import { CsvError, parse } from 'csv-parse/sync';
import type { DelimitedFormat, FixedFormat } from './format.ts';
import type { Tokens } from './scan.ts';

/**
 * The cells of every record in `bytes`, by csv-parse at its strictest; null when it does not find `count` records of one
 * length there, that is when it reads them otherwise than our scanner did.
 */
export function delimitedCells(bytes: Buffer, count: number, format: DelimitedFormat): string[][] | null {
  const quoted = format.quote !== null && format.escape !== format.quote;
  try {
    const records = parse(quoted ? doubleLoneEscapes(bytes, format) : bytes, {
      delimiter: format.delimiter,
      quote: format.quote,
      escape: format.quote === null ? null : format.escape,
      record_delimiter: [...format.lineEnds].sort((a, b) => b.length - a.length),
      max_record_size: format.maxRecordSize,
      bom: false,
      columns: false,
      relax_column_count: false,
      relax_quotes: false,
      skip_empty_lines: false,
    });
    return records.length === count ? records : null;
  } catch (error) {
    if (error instanceof CsvError) return null;
    throw error;
  }
}

/**
 * With an escape other than the quote, csv-parse drops every escape character inside quotes, `C:\temp` becoming `C:temp`.
 * One that escapes nothing (neither a quote nor itself) is doubled first, so that it stays.
 */
function doubleLoneEscapes(bytes: Buffer, format: DelimitedFormat): Buffer {
  const quote = format.quote?.charCodeAt(0) ?? -1;
  const escaper = format.escape.charCodeAt(0);
  const out: number[] = [];
  let inside = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    const next = bytes[i + 1] ?? -2;
    out.push(byte);
    if (byte === quote) inside = !inside;
    if (!inside || byte !== escaper) continue;
    const escapes = next === quote || next === escaper;
    if (escapes) i++;
    out.push(escapes ? next : escaper);
  }
  return Buffer.from(out);
}

/**
 * One line cut at every delimiter, quotes taken off where a cell is properly quoted and left as characters elsewhere: what
 * the line would be if its odd quotes were stray ones. Only for judging; these cells are never handed over.
 */
export function looseCells(line: Buffer, t: Tokens): string[] {
  const delimiter = t.delimiter.toString();
  if (t.quote === -1) return line.toString().split(delimiter);
  const quote = String.fromCharCode(t.quote);
  const text = line.toString();
  const cells: string[] = [];
  for (let at = 0; at <= text.length; ) {
    const end = text.startsWith(quote, at) ? quotedEnd(text, at, quote, delimiter) : -1;
    const stop = end === -1 ? text.indexOf(delimiter, at) : end;
    const until = stop === -1 ? text.length : stop;
    cells.push(end === -1 ? text.slice(at, until) : text.slice(at + 1, until - 1));
    at = until + delimiter.length;
  }
  return cells;
}

/** Where the properly quoted cell that opens at `at` ends (behind its closing quote); -1 when it does not on this line. */
function quotedEnd(text: string, at: number, quote: string, delimiter: string): number {
  let i = text.indexOf(quote, at + 1);
  while (i !== -1) {
    if (text.startsWith(quote, i + 1)) i = text.indexOf(quote, i + 2);
    else return i + 1 === text.length || text.startsWith(delimiter, i + 1) ? i + 1 : -1;
  }
  return -1;
}

/** How many characters the layout needs. */
export const layoutWidth = (format: FixedFormat): number =>
  Math.max(...format.columns.map(({ at, width }) => at + width - 1));

/** The cells of one line, padding kept; or why it does not fit the layout. Positions count characters, not bytes. */
export function fixedCells(line: Buffer, format: FixedFormat): string[] | { readonly reason: string } {
  const characters = [...line.toString('utf8')];
  const width = layoutWidth(format);
  if (characters.length < width) {
    return { reason: `the line has ${characters.length} characters, the layout ${width}` };
  }
  if (characters.slice(width).some((c) => c !== ' ')) {
    return { reason: `the line has ${characters.length} characters, the layout only ${width}` };
  }
  return format.columns.map((column) =>
    characters.slice(column.at - 1, column.at - 1 + column.width).join(''),
  );
}
