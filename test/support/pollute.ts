/**
 * A corpus of polluted files in the shape of the Pollock benchmark (Vitagliano et al., "Pollock: A Data Loading Benchmark",
 * VLDB 2023): one clean sample of our own, spoilt in one place at a time, everywhere it can be. Each file says which rows were
 * spoilt; all others have to arrive.
 */
export interface Dialect {
  readonly delimiter: string;
  readonly lineEnd: string;
  readonly quoteAll: boolean;
  /** Which of the sample's nine columns the file has. */
  readonly columns: readonly number[];
}

export interface Polluted {
  /** The kind of pollution, for the score. */
  readonly kind: string;
  readonly name: string;
  readonly bytes: Buffer;
  /** The rows (from 0) that were touched and may be lost. */
  readonly spoilt: readonly number[];
  /** Where each row stands: first line and number of lines. */
  readonly places: readonly { readonly line: number; readonly lines: number }[];
  /** The cells every row had before. */
  readonly rows: readonly (readonly string[])[];
}

const HEADER = ['id', 'member', 'bought on', 'store', 'product', 'quantity', 'amount', 'note', 'channel'];

/** Rows with plain and quoted cells, quotes, separators and line ends inside cells, and empty ones. */
export function sampleRows(count: number): string[][] {
  const products = ['lantern', 'mug, "large"', 'tea towel', 'jar; glass', 'bag 12"', ''];
  const notes = ['', 'gift', 'said "thanks"', 'two\nlines', 'a, b, c', 'late, but paid'];
  return Array.from({ length: count }, (_, i) => [
    `T${1000 + i}`,
    `M${(i * 7) % 30}`,
    `2026-03-${String((i % 28) + 1).padStart(2, '0')}`,
    `S${i % 4}`,
    products[i % products.length] ?? '',
    String((i % 5) + 1),
    `${i % 90}.50`,
    notes[(i * 5) % notes.length] ?? '',
    i % 3 === 0 ? 'web' : 'pos',
  ]);
}

const lineEnds = /\r\n|\n|\r/g;

function written(cell: string, { delimiter, quoteAll }: Dialect): string {
  const needed = quoteAll || cell.includes(delimiter) || /["\r\n]/.test(cell);
  return needed ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** Every polluted file of this sample. */
export function* pollutions(sample: readonly string[][], dialect: Dialect): Generator<Polluted> {
  const narrow = (cells: readonly string[]) => dialect.columns.map((c) => cells[c] ?? '');
  const rows = sample.map(narrow);
  const raw = rows.map((row) => row.map((cell) => written(cell, dialect)));
  const header = narrow(HEADER)
    .map((cell) => written(cell, dialect))
    .join(dialect.delimiter);
  const clean = raw.map((cells) => cells.join(dialect.delimiter));
  const file = (
    kind: string,
    name: string,
    texts: readonly string[],
    spoilt: readonly number[],
    more: Partial<Whole> = {},
  ) =>
    whole(kind, name, header, texts, spoilt, rows, {
      ends: [dialect.lineEnd],
      last: dialect.lineEnd,
      ...more,
    });
  for (const [r, cells] of raw.entries()) {
    const spoil = (kind: string, name: string, text: string) =>
      file(kind, `${kind} row ${r} ${name}`, clean.with(r, text), [r]);
    yield* separators(cells, dialect, spoil);
    yield* quotes(cells, dialect, spoil);
    const text = clean[r] ?? '';
    for (const other of [';', ',', '\t', '|'].filter((d) => d !== dialect.delimiter)) {
      const swapped = cells.join(other);
      if (swapped !== text) yield spoil('another delimiter', JSON.stringify(other), swapped);
    }
    const middle = Math.floor(text.length / 2);
    yield spoil('NUL', 'in the middle', `${text.slice(0, middle)}\0${text.slice(middle)}`);
    yield spoil('bad byte', 'in the middle', `${text.slice(0, middle)}\xff${text.slice(middle)}`);
    yield spoil('cut', 'in the middle', text.slice(0, middle));
    yield file('another line end', `another line end row ${r}`, clean, [], {
      ends: [dialect.lineEnd],
      odd: { row: r, end: dialect.lineEnd === '\n' ? '\r\n' : '\n' },
    });
    if (r + 1 < rows.length) {
      yield file('no line end', `no line end row ${r}`, clean, [r, r + 1], {
        ends: [dialect.lineEnd],
        odd: { row: r, end: '' },
      });
    }
  }
  yield file('clean', 'clean', clean, []);
  yield file('no final line end', 'no final line end', clean, [], { last: '' });
  yield file('blank lines', 'blank line at the end', clean, [], { last: dialect.lineEnd.repeat(2) });
  yield file('line ends mixed', 'line ends mixed', clean, [], { ends: ['\n', '\r\n', '\r'] });
  yield file('byte order mark', 'byte order mark', clean, [], { before: '\xef\xbb\xbf' });
}

type Spoil = (kind: string, name: string, text: string) => Polluted;

function* separators(cells: readonly string[], { delimiter }: Dialect, spoil: Spoil): Generator<Polluted> {
  for (let c = 0; c + 1 < cells.length; c++) {
    const [left, right] = [cells.slice(0, c + 1).join(delimiter), cells.slice(c + 1).join(delimiter)];
    yield spoil('delimiter dropped', `behind cell ${c}`, left + right);
    yield spoil('delimiter doubled', `behind cell ${c}`, left + delimiter + delimiter + right);
  }
}

function* quotes(cells: readonly string[], { delimiter }: Dialect, spoil: Spoil): Generator<Polluted> {
  for (const [c, cell] of cells.entries()) {
    const spoilt = (text: string) => cells.with(c, text).join(delimiter);
    const middle = Math.ceil(cell.length / 2);
    yield spoil('stray quote at the start', `cell ${c}`, spoilt(`"${cell}`));
    yield spoil(
      'stray quote in the middle',
      `cell ${c}`,
      spoilt(`${cell.slice(0, middle)}"${cell.slice(middle)}`),
    );
    yield spoil('stray quote at the end', `cell ${c}`, spoilt(`${cell}"`));
    if (!cell.startsWith('"')) continue;
    yield spoil('opening quote dropped', `cell ${c}`, spoilt(cell.slice(1)));
    yield spoil('closing quote dropped', `cell ${c}`, spoilt(cell.slice(0, -1)));
  }
}

interface Whole {
  readonly before: string;
  /** Taken in turn. */
  readonly ends: readonly string[];
  readonly last: string;
  readonly odd: { readonly row: number; readonly end: string };
}

function whole(
  kind: string,
  name: string,
  header: string,
  texts: readonly string[],
  spoilt: readonly number[],
  rows: readonly string[][],
  { before = '', ends = ['\n'], last = '\n', odd }: Partial<Whole>,
): Polluted {
  const places: { line: number; lines: number }[] = [];
  let line = 2;
  const body = texts.map((text, i) => {
    const lines = 1 + (text.match(lineEnds)?.length ?? 0);
    places.push({ line, lines });
    const end = odd?.row === i ? odd.end : i + 1 === texts.length ? last : (ends[i % ends.length] ?? '');
    line += end === '' ? lines - 1 : lines;
    return text + end;
  });
  const bytes = Buffer.from(`${before}${header}${ends.at(0)}${body.join('')}`, 'latin1');
  return { kind, name, bytes, spoilt, places, rows };
}
