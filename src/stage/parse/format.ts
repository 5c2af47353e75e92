/**
 * What a file looks like: plain data, every default stated. A pipeline's `format` becomes one of these; nothing in here is
 * guessed from the file, except by `sniff`, which only ever refuses.
 */
import { PointferryError } from '../../ground/errors.ts';

export type Encoding = 'utf-8' | 'utf-16' | 'utf-16le' | 'utf-16be' | 'iso-8859-1' | 'windows-1252';
export type LineEnd = '\r\n' | '\n' | '\r';

/**
 * How a control record (one that is no row) is recognised: its first cell equals `first`, or its line matches the regular
 * expression `match`. With `match` its cells are the capture groups, if the expression has any; else the record's cells.
 */
export type RecordRule = { readonly first: string } | { readonly match: string };

/** One column of a fixed-width file; `at` counts characters from 1, as layouts are published. */
export interface FixedColumn {
  readonly name: string;
  readonly at: number;
  readonly width: number;
}

interface Common {
  readonly encoding: Encoding;
  /** Physical lines skipped before anything else is looked at. */
  readonly preamble: number;
  /** Lines beginning with this are comments; null: there are none. */
  readonly comment: string | null;
  /** Which of the three end a line, also mixed within one file. */
  readonly lineEnds: readonly LineEnd[];
  /** Bytes (as UTF-8) a record may have, its line end excluded. */
  readonly maxRecordSize: number;
  /** The record before the column names that is no row (`H|20260101|…`); null: there is none. */
  readonly leader: RecordRule | null;
  /** The last record of the file, when it is no row; null: there is none. */
  readonly trailer: RecordRule | null;
  /** 'required': a last record without line end is a cut one, and reported. */
  readonly finalNewline: 'optional' | 'required';
}

export interface DelimitedFormat extends Common {
  readonly kind: 'delimited';
  readonly delimiter: string;
  /** One character, or null: quotes are ordinary characters. */
  readonly quote: string | null;
  /** The character that makes a quote inside quotes literal; the quote itself: doubled quotes. */
  readonly escape: string;
  /** true: the first record names the columns. false: `column_1` … by the first record. A list: the names, not in the file. */
  readonly header: boolean | readonly string[];
  /**
   * Cells that hold line ends. 'check': believed unless the lines inside look like records of their own (README.md).
   * 'trust': believed whenever the quotes are in order. 'refuse': a line is always a record.
   */
  readonly multiline: 'check' | 'trust' | 'refuse';
}

export interface FixedFormat extends Common {
  readonly kind: 'fixed';
  readonly columns: readonly FixedColumn[];
}

export type ParseFormat = DelimitedFormat | FixedFormat;

const common: Common = {
  encoding: 'utf-8',
  preamble: 0,
  comment: null,
  lineEnds: ['\r\n', '\n', '\r'],
  maxRecordSize: 1024 * 1024,
  leader: null,
  trailer: null,
  finalNewline: 'optional',
};

/** A delimited format with the defaults: comma, `"`, doubled quotes, UTF-8, header in the file, 1 MiB a record. */
export function delimited(stated: Partial<Omit<DelimitedFormat, 'kind'>> = {}): DelimitedFormat {
  const quote = stated.quote === undefined ? '"' : stated.quote;
  const format: DelimitedFormat = {
    ...common,
    kind: 'delimited',
    delimiter: ',',
    escape: quote ?? '"',
    header: true,
    multiline: 'check',
    ...stated,
    quote,
  };
  const faults = [...commonFaults(format), ...delimitedFaults(format)];
  return refuse(format, faults);
}

/** A fixed-width format with the defaults. `columns` in the order of the layout. */
export function fixed(
  stated: Partial<Omit<FixedFormat, 'kind'>> & Pick<FixedFormat, 'columns'>,
): FixedFormat {
  const format: FixedFormat = { ...common, kind: 'fixed', ...stated };
  const faults = commonFaults(format);
  if (format.columns.length === 0) faults.push('columns: none given');
  for (const { name, at, width } of format.columns) {
    if (!whole(at, 1) || !whole(width, 1)) faults.push(`columns: ${name}: at and width count from 1`);
  }
  return refuse(format, faults);
}

function refuse<F extends ParseFormat>(format: F, faults: string[]): F {
  if (faults.length === 0) return format;
  throw new PointferryError('CONFIG_INVALID', `format: ${faults.join('; ')}`);
}

const whole = (value: number, least: number) => Number.isInteger(value) && value >= least;

function commonFaults(format: ParseFormat): string[] {
  const faults: string[] = [];
  if (!whole(format.preamble, 0)) faults.push('preamble: a number of lines, 0 or more');
  if (!whole(format.maxRecordSize, 1)) faults.push('maxRecordSize: a number of bytes, 1 or more');
  if (format.maxRecordSize > 64 * 1024 * 1024) faults.push('maxRecordSize: 64 MiB at most');
  if (format.comment === '') faults.push('comment: empty');
  if (format.lineEnds.length === 0) faults.push('lineEnds: none given');
  for (const [name, rule] of [['leader', format.leader] as const, ['trailer', format.trailer] as const]) {
    if (rule === null) continue;
    if ('first' in rule && rule.first === '') faults.push(`${name}: first is empty`);
    if ('match' in rule && !compiles(rule.match)) faults.push(`${name}: match is no regular expression`);
  }
  return faults;
}

function delimitedFaults({ delimiter, quote, escape: escaper, header }: DelimitedFormat): string[] {
  const faults: string[] = [];
  if (delimiter === '' || /[\r\n]/.test(delimiter))
    faults.push('delimiter: a character other than a line end');
  if (quote !== null && !/^[\x20-\x7e\t]$/.test(quote)) faults.push('quote: one ASCII character');
  if (quote !== null && !/^[\x20-\x7e\t]$/.test(escaper)) faults.push('escape: one ASCII character');
  if (quote !== null && delimiter.includes(quote)) faults.push('delimiter and quote are the same');
  if (quote !== null && escaper !== quote && delimiter.includes(escaper)) {
    faults.push('delimiter and escape are the same');
  }
  if (Array.isArray(header) && header.length === 0) faults.push('header: no names given');
  return faults;
}

function compiles(expression: string): boolean {
  try {
    new RegExp(expression, 'u');
    return true;
  } catch {
    return false;
  }
}
