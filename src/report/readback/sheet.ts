/** An edited errors.csv: any delimiter, UTF-8 or windows-1252, saved by any spreadsheet. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { type CsvError, parse } from 'csv-parse';
import { PointferryError } from '../../ground/errors.ts';
import { columnName } from '../files/cell.ts';
import { ownColumns } from '../findings/line.ts';

export interface Sheet {
  readonly name: string;
  readonly encoding: 'utf-8' | 'windows-1252';
  readonly delimiter: string;
  /** Names of the file's own columns, as errors.csv writes them, in their order. */
  readonly columns: readonly string[];
  /** In batches, once. */
  readonly rows: () => AsyncGenerator<SheetRow[]>;
}

export interface SheetRow {
  /** Line in the file, from 1. */
  readonly line: number;
  readonly id: string;
  /** `_file` and `_record`, for an id that a spreadsheet took for a date. */
  readonly file: string;
  readonly record: string;
  /** Cells of the file's own columns: the n-th of a name by `name` and n. */
  readonly cell: (column: string, nth: number) => string | undefined;
}

const idColumn = '_row_id';
const batchSize = 1_000;
const own: ReadonlySet<string> = new Set(ownColumns);

export const refused = (message: string, hint?: string): PointferryError =>
  new PointferryError('CONFIG_USAGE', message, hint === undefined ? {} : { hint });

/** Throws CONFIG_USAGE if it is not an errors.csv, or a masked one. */
export async function openSheet(path: string): Promise<Sheet> {
  const name = basename(path);
  const { encoding, head } = await look(path, name);
  const { delimiter, lead } = delimiterOf(head, name);
  const sheet = { path, name, encoding, delimiter, lead };
  const header = await headerOf(sheet);
  if (header.includes('_masked'))
    throw refused(`${name} is masked: its cells are not what was read`, 'pointferry errors <run> --out FILE');
  const columns = header.filter((title) => title !== '' && !own.has(title));
  return { name, encoding, delimiter, columns, rows: () => rowsOf(sheet, header) };
}

interface Source {
  readonly path: string;
  readonly name: string;
  readonly encoding: Sheet['encoding'];
  readonly delimiter: string;
  /** Lines before the header: `sep=;`. */
  readonly lead: number;
}

/** The encoding that all of it is in, and its first lines. */
async function look(path: string, name: string): Promise<{ encoding: Sheet['encoding']; head: string }> {
  try {
    const handle = await open(path);
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(65_536), 0, 65_536, 0);
    await handle.close();
    const first = buffer.subarray(0, bytesRead);
    if (first.includes(0) || first.subarray(0, 2).toString('latin1') === 'PK')
      throw refused(`${name} is not a text table in UTF-8 or windows-1252`, 'save it as CSV');
    const encoding = (await isUtf8(path)) ? 'utf-8' : 'windows-1252';
    return { encoding, head: new TextDecoder(encoding).decode(first) };
  } catch (error) {
    if (error instanceof PointferryError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw refused(`${name} cannot be read: ${code}`);
  }
}

async function isUtf8(path: string): Promise<boolean> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of createReadStream(path)) decoder.decode(chunk as Buffer, { stream: true });
    decoder.decode();
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** The delimiter: what is next to the name of Pointferry's first column. */
function delimiterOf(head: string, name: string): { delimiter: string; lead: number } {
  const said = /^sep=(.)\r?\n/i.exec(head)?.[1];
  if (said !== undefined) return { delimiter: said, lead: 1 };
  const [, before, after] = /(?:([^\r\n])"?|^|[\r\n])_row_id"?([^\r\n])?/.exec(head) ?? [];
  const delimiter = after ?? before;
  if (delimiter === undefined || !head.includes(idColumn))
    throw refused(
      `${name} has no column ${idColumn}`,
      'it should be an errors.csv: pointferry errors <run> --out FILE',
    );
  return { delimiter, lead: 0 };
}

function parsed({ path, encoding, delimiter, lead }: Source): AsyncIterable<Parsed> {
  const decoder = new TextDecoder(encoding);
  async function* text(): AsyncGenerator<string> {
    for await (const chunk of createReadStream(path)) yield decoder.decode(chunk as Buffer, { stream: true });
    yield decoder.decode();
  }
  return Readable.from(text()).pipe(
    parse({
      delimiter,
      info: true,
      from_line: lead + 1,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: 64_000_000,
    }),
  );
}

interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

async function* records(source: Source): AsyncGenerator<Parsed> {
  try {
    yield* parsed(source);
  } catch (error) {
    const { code, lines } = error as CsvError & { lines?: number };
    if (typeof code !== 'string' || !code.startsWith('CSV_')) throw error;
    throw refused(
      `${source.name} cannot be read as CSV${lines === undefined ? '' : `, line ${lines}`}: ${code}`,
    );
  }
}

async function headerOf(source: Source): Promise<readonly string[]> {
  for await (const { record } of records(source)) {
    if (record.includes(idColumn)) return record;
    break;
  }
  throw refused(`${source.name} has no column ${idColumn} in its first line`);
}

async function* rowsOf(source: Source, header: readonly string[]): AsyncGenerator<SheetRow[]> {
  const at = (title: string): number => header.indexOf(title);
  const places = Map.groupBy(header.keys(), (index) => header[index] ?? '');
  let batch: SheetRow[] = [];
  let isHeader = true;
  for await (const { record, info } of records(source)) {
    if (isHeader) {
      isHeader = false;
      continue;
    }
    if (record.every((cell) => cell === '')) continue;
    if (record.slice(header.length).some((cell) => cell !== ''))
      throw refused(`${source.name}, line ${info.lines}: more cells than the header has names`);
    if (record.some((cell) => cell.includes('\u0000')))
      throw refused(`${source.name}, line ${info.lines}: a NUL byte stands in a cell: take it out`);
    batch.push({
      line: info.lines,
      id: record[at(idColumn)]?.trim() ?? '',
      file: record[at('_file')] ?? '',
      record: record[at('_record')]?.trim() ?? '',
      // a spreadsheet may leave empty cells at the end of a line out
      cell: (column, nth) => {
        const place = places.get(columnName(column))?.[nth];
        return place === undefined ? undefined : (record[place] ?? '');
      },
    });
    if (batch.length < batchSize) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
