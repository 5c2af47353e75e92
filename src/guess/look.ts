/** Looks at a sample: dialect, header, columns, keys. */
import type { Format } from '../pipeline/format.ts';
import { type Dialect, guessDialect, guessTrailer } from './dialect.ts';
import { guessEncoding, textOf } from './encoding.ts';
import { type Facts, todo } from './facts.ts';
import { hasHeader } from './header.ts';
import { keysOf } from './keys.ts';
import { type Column, profileOf } from './profile.ts';
import { type Rows, rowsOf } from './rows.ts';
import type { Sample } from './sample.ts';

/** What the sample shows. */
export async function factsOf(sample: Sample): Promise<Facts> {
  const { encoding, doubt } = guessEncoding(sample.bytes);
  const bytes = sample.whole ? sample.bytes : toLineEnd(sample.bytes, encoding);
  const text = textOf(bytes, encoding);
  const base: Format = encoding === 'utf-8' ? {} : { encoding };
  const dialect = await guessDialect(bytes, text, base);
  if (dialect.fixedWidth !== null) return fixedFacts(dialect, dialect.fixedWidth);
  const width = dialect.rows.records[0]?.length ?? 0;
  const end = sample.tail === null ? text.slice(-16_384) : textOf(sample.tail, encoding);
  const word =
    sample.whole || sample.tail !== null
      ? guessTrailer(end.split(/\r\n|\n|\r/), dialect.format, width)
      : null;
  const trailer = word === null ? {} : { trailer: { first: word } };
  const rows =
    word === null || !sample.whole ? dialect.rows : await rowsOf(bytes, { ...dialect.format, ...trailer });
  const header = hasHeader(rows.records);
  const records = header ? rows.records.slice(1) : rows.records;
  const columns = columnsOf(rows.records[0] ?? [], header, records);
  const nulls = sharedNulls(columns);
  const control = sample.whole ? controlOf(rows, records.length) : {};
  return {
    format: {
      ...tidy(dialect.format),
      ...trailer,
      ...control,
      ...(header ? {} : { header: false }),
      ...(nulls.length > 0 ? { nulls } : {}),
    },
    columns,
    rows: records.length,
    damaged: rows.damaged,
    keys: keysOf(columns, records),
    remarks: [...(doubt === null ? [] : [doubt]), ...doubled(columns)],
  };
}

/** Where the columns of a fixed-width file begin is in its layout, not in the file. */
function fixedFacts({ format, rows }: Dialect, width: number): Facts {
  const fixed = [{ name: todo('the columns of the layout: name, place from 1, width'), at: 1, width }];
  const keys = { unique: [], pairs: [], group: null };
  return {
    format: { ...tidy(format), fixed },
    columns: [],
    rows: rows.records.length,
    damaged: rows.damaged,
    keys,
    remarks: ['no delimiter makes columns of it, and all lines are of one length: a fixed-width file'],
  };
}

/** Without what is the default anyway. */
function tidy({ delimiter, quote, escape: escaper, ...rest }: Format): Format {
  return {
    ...(delimiter === undefined || delimiter === ',' ? {} : { delimiter }),
    ...(quote === undefined || quote === '"' ? {} : { quote }),
    ...(escaper === undefined ? {} : { escape: escaper }),
    ...rest,
  };
}

/** A sample ends within a record as a rule: the rest of it is no damage. */
function toLineEnd(bytes: Buffer, encoding: string): Buffer {
  const last = bytes.lastIndexOf(10);
  if (last < 0) return bytes;
  const little = encoding === 'utf-16le' || (encoding === 'utf-16' && bytes[0] === 0xff);
  return bytes.subarray(0, little ? last + 2 : last + 1);
}

function columnsOf(
  first: readonly string[],
  header: boolean,
  records: readonly (readonly string[])[],
): Column[] {
  return first.map((cell, place) => {
    const name = header ? cell.replace(/^[\ufeff\u200b\u2060]+/, '') : `column_${place + 1}`;
    return profileOf(
      name,
      place,
      records.map((record) => record[place] ?? ''),
    );
  });
}

/** Words for empty that are worth stating once: of several columns. */
function sharedNulls(columns: readonly Column[]): string[] {
  const times = new Map<string, number>();
  for (const word of columns.flatMap(({ nulls }) => nulls)) times.set(word, (times.get(word) ?? 0) + 1);
  return [...times].filter(([, count]) => count > 1).map(([word]) => word);
}

/** Which cell of the trailer counts the records. */
function controlOf({ trailer, damaged }: Rows, records: number): Pick<Format, 'control'> {
  const place =
    trailer?.findIndex((cell) => /^\d+$/.test(cell.trim()) && Number(cell) === records + damaged) ?? -1;
  return place < 0 ? {} : { control: { count: place + 1 } };
}

function doubled(columns: readonly Column[]): string[] {
  const twice = [
    ...new Set(columns.filter((one) => one.name !== '' && isDoubled(one, columns)).map(({ name }) => name)),
  ];
  return twice.length === 0
    ? []
    : [`columns that stand twice cannot be used: ${twice.map((name) => `"${name}"`).join(', ')}`];
}

const folded = ({ name }: Column): string => name.normalize('NFC').trim().replace(/\s+/g, ' ').toLowerCase();
const isDoubled = (column: Column, columns: readonly Column[]): boolean =>
  columns.some((other) => other !== column && folded(other) === folded(column));

/** What a pipeline can be drafted from: columns that have a name, and have it alone. */
export function usableOf(facts: Facts): Facts {
  const isUsable = (column: Column): boolean =>
    folded(column) !== '' && column.name !== '__proto__' && !isDoubled(column, facts.columns);
  const { unique, pairs, group } = facts.keys;
  return {
    ...facts,
    columns: facts.columns.filter(isUsable),
    keys: {
      unique: unique.filter(isUsable),
      pairs: pairs.filter((pair) => pair.every(isUsable)),
      group: group && isUsable(group.by) ? { ...group, fill: group.fill.filter(isUsable) } : null,
    },
  };
}
