import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { DatabaseError, toDatabaseError } from './failure.ts';
import type { Client } from './pool.ts';

export type Cells = readonly (string | null)[];

export interface CopyOptions {
  /** `COPY … FREEZE`: rows are visible and frozen at once; only for a table made in this very transaction. */
  readonly freeze?: boolean;
  /** Ends the COPY; nothing of it stays. */
  readonly signal?: AbortSignal;
}

/** Fewer, larger messages: one per row would cost more than the rows. */
const chunkChars = 64 * 1024;

/**
 * COPY into `table` (`[schema, name]`, or a name) in text format, in which an end marker cannot occur: every backslash
 * is doubled. (As CSV, a line `\.` ends the data in silence before PostgreSQL 18.) Takes rows of cells, or Buffers of
 * whole lines made by `encodeRow`. Gives the number of rows; throws when Postgres counted another number.
 *
 * The server's statement timeout counts for the whole COPY: give the transaction one that fits. A server that takes
 * nothing for `client.timeoutMs` is given up. Throws DatabaseError, or what `rows` throws; then nothing was written.
 */
export async function copyRows(
  client: Client,
  table: string | readonly [string, string],
  columns: readonly string[],
  rows: AsyncIterable<Cells | Buffer> | Iterable<Cells | Buffer>,
  options: CopyOptions = {},
): Promise<number> {
  const name = (typeof table === 'string' ? [table] : table).map(pg.escapeIdentifier).join('.');
  const list = columns.map(pg.escapeIdentifier).join(', ');
  const format = options.freeze ? 'format text, freeze' : 'format text';
  const stream = client.raw.query(
    copyFrom(`copy ${name} (${list}) from stdin with (${format}, encoding 'UTF8')`),
  );
  const count = { written: 0 };
  const patience = patienceWith(client);
  try {
    await pipeline(
      chunksOf(rows, columns.length, count, patience),
      stream,
      options.signal ? { signal: options.signal } : {},
    );
  } catch (error) {
    throw toDatabaseError(error);
  } finally {
    patience.end();
  }
  if (stream.rowCount !== count.written) {
    throw new DatabaseError('statement', `COPY took ${stream.rowCount} rows of ${count.written} written`);
  }
  return count.written;
}

interface Patience {
  /** The server has the word. */
  start(): void;
  /** We have. */
  end(): void;
}

/** Only breaking the connection ends a COPY on one that is half-open: the protocol's own way waits for an answer. */
function patienceWith(client: Client): Patience {
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => clearTimeout(timer);
  const start = (): void => {
    end();
    timer = setTimeout(() => client.raw.connection.stream.destroy(), client.timeoutMs);
  };
  return { start, end };
}

async function* chunksOf(
  rows: AsyncIterable<Cells | Buffer> | Iterable<Cells | Buffer>,
  width: number,
  count: { written: number },
  patience: Patience,
): AsyncGenerator<Buffer> {
  let text = '';
  const send = function* (chunk: Buffer): Generator<Buffer> {
    patience.start();
    yield chunk;
    patience.end();
  };
  for await (const row of rows) {
    if (Buffer.isBuffer(row)) {
      if (text !== '') yield* send(encode(text));
      text = '';
      count.written += linesIn(row);
      yield* send(row);
      continue;
    }
    if (row.length !== width)
      throw new DatabaseError('statement', `a row of ${row.length} cells for ${width} columns`);
    text += encodeRow(row);
    count.written++;
    if (text.length >= chunkChars) {
      yield* send(encode(text));
      text = '';
    }
  }
  if (text !== '') yield* send(encode(text));
  patience.start();
}

/** A lone surrogate has no UTF-8 and would become U+FFFD without a word. */
function encode(text: string): Buffer {
  if (!text.isWellFormed())
    throw new DatabaseError('statement', 'a cell holds half of a character (lone surrogate)');
  return Buffer.from(text, 'utf8');
}

const special = /[\\\n\r\t]/;
const allSpecial = /[\\\n\r\t]/g;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** One line of COPY's text format, with its line end. null is `\N`, and an empty string stays empty. */
export function encodeRow(cells: Cells): string {
  let line = '';
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i];
    if (i > 0) line += '\t';
    if (cell === null || cell === undefined) line += '\\N';
    else line += special.test(cell) ? cell.replace(allSpecial, (char) => escapes[char] ?? char) : cell;
  }
  return `${line}\n`;
}

/** Line ends of data are escaped, so each byte 0x0A ends a row. */
function linesIn(lines: Buffer): number {
  if (lines.length > 0 && lines.at(-1) !== 0x0a)
    throw new DatabaseError('statement', 'a chunk of lines without its end');
  if (lines.indexOf('\\.') === 0 || lines.includes('\n\\.')) {
    throw new DatabaseError('statement', 'an end marker in the lines to be copied');
  }
  let count = 0;
  for (let at = lines.indexOf(0x0a); at !== -1; at = lines.indexOf(0x0a, at + 1)) count++;
  return count;
}
