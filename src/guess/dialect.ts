/** Delimiter, quote, lines before the header, comments, and records that are no rows: guessed from lines, tried by the parser. */
import type { Format } from '../pipeline/format.ts';
import { typedShare } from './cells.ts';
import { type Rows, rowsOf } from './rows.ts';

export interface Dialect {
  readonly format: Format;
  readonly rows: Rows;
  /** No delimiter makes two columns of it, and every line has so many characters. */
  readonly fixedWidth: number | null;
}

const delimiters = [',', ';', '\t', '|', '~', '^'];
const enough = 256 * 1024;

/** The dialect under which most of the sample is records whose cells look like values. */
export async function guessDialect(bytes: Buffer, text: string, base: Format): Promise<Dialect> {
  const lines = text
    .slice(0, enough)
    .split(/\r\n|\n|\r/)
    .slice(0, 2000);
  const quotes = quotesOf(text.slice(0, enough));
  let best: (Dialect & { readonly score: number }) | undefined;
  for (const delimiter of delimiters.filter((one) => lines.some((line) => line.includes(one)))) {
    for (const quote of quotes) {
      const format: Format = {
        ...base,
        ...quote,
        delimiter,
        ...around(lines, delimiter, quote.quote ?? null),
      };
      const rows = await rowsOf(bytes.subarray(0, enough), format);
      const score = scoreOf(rows);
      if (score > (best?.score ?? 0) * 1.02) best = { format, rows, score, fixedWidth: null };
    }
  }
  if (best === undefined) {
    const format = { ...base, ...around(lines, '\0', null) };
    return { format, rows: await rowsOf(bytes, format), fixedWidth: widthOf(lines) };
  }
  return { ...best, rows: await rowsOf(bytes, best.format) };
}

/** Lines of one length, long enough to hold several columns. */
function widthOf(lines: readonly string[]): number | null {
  const lengths = new Set(lines.filter((line) => line !== '').map((line) => line.length));
  const [length = 0] = lengths;
  return lengths.size === 1 && length > 20 ? length : null;
}

/** Quotes worth a try, the usual one first. */
function quotesOf(text: string): readonly Pick<Format, 'quote' | 'escape'>[] {
  const tries: Pick<Format, 'quote' | 'escape'>[] = [{ quote: '"' }];
  if (text.includes('\\"')) tries.push({ quote: '"', escape: '\\' });
  if (/(^|[,;\t|\n])'[^'\n]*'([,;\t|\r\n]|$)/.test(text)) tries.push({ quote: "'" });
  if (text.includes('"')) tries.push({ quote: null });
  return tries;
}

function scoreOf({ records, damaged }: Rows): number {
  const width = records[0]?.length ?? 0;
  if (width < 2) return 0;
  const good = records.length / (records.length + damaged);
  return good * (0.3 + 0.7 * typedShare(records)) * (1 - 1 / (1 + width));
}

const endWords = /^(t|tr|trl|trailer|eof|end|total|totals|summe|99|z)$/i;
const beginWords = /^(h|hd|hdr|header|00?)$/i;
const mostPreamble = 30;

/** Lines that are no rows, by their width against that of most lines. */
function around(lines: readonly string[], delimiter: string, quote: string | null): Partial<Format> {
  const full = lines.filter((line) => line.trim() !== '');
  const comment = full.some(
    (line) => line.startsWith('#') && width(line, delimiter, quote) < usual(full, delimiter, quote),
  );
  const data = comment ? full.filter((line) => !line.startsWith('#')) : full;
  const most = usual(data, delimiter, quote);
  const isComment = (line: string): boolean => comment && line.startsWith('#');
  const first = lines.findIndex((line) => !isComment(line) && width(line, delimiter, quote) === most);
  const before = first < 0 || first > mostPreamble ? [] : lines.slice(0, first);
  const leader = firstCell(lines[0] ?? '', delimiter, quote);
  const isLeader = beginWords.test(leader) && before.length < 2 && delimiter !== '\0';
  return {
    ...(comment ? { comment: '#' } : {}),
    ...(isLeader ? { leader: { first: leader } } : preambleOf(before, isComment)),
  };
}

/** Comments are skipped by themselves, wherever they stand: only what is left needs a count. */
function preambleOf(before: readonly string[], isComment: (line: string) => boolean): Partial<Format> {
  const last = before.findLastIndex((line) => line.trim() !== '' && !isComment(line));
  return last < 0 ? {} : { preamble: last + 1 };
}

/** The trailer at the end of a file, or nothing. `lines`: the last ones. */
export function guessTrailer(lines: readonly string[], format: Format, columns: number): string | null {
  const { delimiter = ',', quote = '"' } = format;
  const last = lines.findLast((line) => line.trim() !== '');
  if (last === undefined) return null;
  const cells = cellsOf(last, delimiter, quote);
  const word = cells[0] ?? '';
  const sparse = cells.filter((cell) => cell !== '').length <= Math.min(4, columns - 1);
  return endWords.test(word) && sparse ? word : null;
}

function usual(lines: readonly string[], delimiter: string, quote: string | null): number {
  const times = new Map<number, number>();
  for (const line of lines) {
    const cells = width(line, delimiter, quote);
    times.set(cells, (times.get(cells) ?? 0) + 1);
  }
  let [most, best] = [1, 0];
  for (const [cells, count] of times) if (count > best) [most, best] = [cells, count];
  return most;
}

const width = (line: string, delimiter: string, quote: string | null): number =>
  cellsOf(line, delimiter, quote).length;
const firstCell = (line: string, delimiter: string, quote: string | null): string =>
  cellsOf(line, delimiter, quote)[0] ?? '';

/** Cells of one line; good enough to count and to look at, records are read by the parser. */
export function cellsOf(line: string, delimiter: string, quote: string | null): string[] {
  const cells: string[] = [];
  let cell = '';
  let open = false;
  for (const character of line) {
    if (quote !== null && character === quote) open = !open;
    else if (character === delimiter && !open) {
      cells.push(cell.trim());
      cell = '';
    } else cell += character;
  }
  cells.push(cell.trim());
  return cells;
}
