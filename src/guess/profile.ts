/** What a column of the sample holds. Says counts and shapes, never cells. */
import type { CleanRule } from '../pipeline/mapping.ts';
import { isEmptyDate, maybeNull, surelyNull, trimmed } from './cells.ts';
import { guessNumber, type NumberGuess } from './number.ts';
import { clockOf, guessTime, type TimeGuess } from './time.ts';

export type ColumnType =
  | 'empty'
  | 'text'
  | 'id'
  | 'integer'
  | 'decimal'
  | 'boolean'
  | 'date'
  | 'timestamp'
  | 'clock'
  | 'phone'
  | 'email'
  | 'enum';

export interface Column {
  readonly name: string;
  /** From 0. */
  readonly place: number;
  readonly type: ColumnType;
  readonly rows: number;
  /** Cells that hold nothing, or a word for nothing. */
  readonly empty: number;
  /** Distinct cells that hold something, cleaned. */
  readonly distinct: number;
  /** Words of this column that mean empty; for certain, since nothing else here looks like them. */
  readonly nulls: readonly string[];
  /** Words that mean empty elsewhere and may be values here (a surname `None`). */
  readonly maybeNulls: readonly string[];
  readonly clean: readonly CleanRule[];
  readonly number: NumberGuess | null;
  readonly time: TimeGuess | null;
  /** For `clock`: its format. */
  readonly clock: string | null;
  /** Its values where they are few, the most frequent first; numbers and dates have none. */
  readonly values: readonly string[];
  /** Phones: every one has a country code. */
  readonly international: boolean;
  readonly leadingZeros: boolean;
  /** Cells that do not fit the type. */
  readonly misfits: number;
}

/** Distinct cells that types are told by; more would only cost time. */
const looked = 5000;
const fewValues = 24;

export function profileOf(name: string, place: number, raw: readonly string[]): Column {
  const cells = raw.map(trimmed);
  const counts = new Map<string, number>();
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  counts.delete('');
  const suspects = [...counts.keys()].filter((cell) => maybeNull(cell) || isEmptyDate(cell));
  const certain = suspects.filter(surelyNull);
  const others = [...counts.keys()].filter((cell) => !suspects.includes(cell));
  const strict = typed(others, counts, cells.length);
  // beside numbers and dates a word for nothing is nothing; among texts it may be somebody's name
  const isTyped = others.length > 0 && !['text', 'id', 'enum', 'empty'].includes(strict.type);
  const emptyDates = suspects.filter(isEmptyDate);
  const nulls = isTyped
    ? strict.time === null
      ? suspects.filter((cell) => !isEmptyDate(cell))
      : [...suspects.filter((cell) => !isEmptyDate(cell)), ...manyOf(emptyDates, counts, cells.length)]
    : certain;
  const kept = new Map([...counts].filter(([cell]) => !nulls.includes(cell)));
  const found = isTyped ? strict : typed([...kept.keys()], kept, cells.length);
  return {
    name,
    place,
    ...found,
    rows: cells.length,
    empty: cells.length - sum(kept),
    distinct: kept.size,
    nulls,
    maybeNulls: isTyped ? [] : suspects.filter((cell) => !nulls.includes(cell) && !isEmptyDate(cell)),
  };
}

/** A date that stands for none is frequent; the one member who was born on it is not. */
const manyOf = (dates: readonly string[], counts: ReadonlyMap<string, number>, rows: number): string[] =>
  dates.filter((date) => (counts.get(date) ?? 0) > Math.max(1, rows * 0.01));

const sum = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((all, one) => all + one, 0);

type Typed = Pick<
  Column,
  'type' | 'clean' | 'number' | 'time' | 'clock' | 'values' | 'international' | 'leadingZeros' | 'misfits'
>;

function typed(distinct: readonly string[], counts: ReadonlyMap<string, number>, rows: number): Typed {
  const base: Typed = {
    type: 'empty',
    clean: [],
    number: null,
    time: null,
    clock: null,
    values: [],
    international: false,
    leadingZeros: false,
    misfits: 0,
  };
  if (distinct.length === 0) return base;
  const apostrophes = distinct.filter((cell) => /^'[+\d]/.test(cell)).length > distinct.length / 2;
  const cells = (apostrophes ? distinct.map((cell) => cell.replace(/^'/, '')) : distinct).slice(0, looked);
  const clean: CleanRule[] = apostrophes ? ['leading apostrophe'] : [];
  const about = { ...base, clean };
  const emails = cells.filter((cell) => /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/.test(cell)).length;
  if (emails >= cells.length * 0.9) return { ...about, type: 'email', misfits: cells.length - emails };
  const yesNo = truth(cells);
  if (yesNo && !cells.every((cell) => /^[01]$/.test(cell)))
    return { ...about, type: 'boolean', values: frequent(distinct, counts) };
  const clock = clockOf(cells);
  if (clock !== null) return { ...about, type: 'clock', clock };
  const time = guessTime(cells);
  if (time !== null) return { ...about, type: time.as, time, misfits: cells.length - time.fits };
  if (isPhones(cells)) {
    return { ...about, type: 'phone', international: cells.every((cell) => cell.startsWith('+')) };
  }
  const numbers = numbersOf(cells, distinct, about);
  if (numbers !== null) return numbers;
  const isEnum = distinct.length <= fewValues && distinct.length * 5 <= sumOf(distinct, counts) && rows >= 5;
  const values = distinct.length <= fewValues ? frequent(distinct, counts) : [];
  return { ...about, type: isEnum ? 'enum' : 'text', values };
}

function numbersOf(cells: readonly string[], distinct: readonly string[], about: Typed): Typed | null {
  const number = guessNumber(cells);
  if (number === null) return null;
  const leadingZeros = cells.some((cell) => /^0\d/.test(cell));
  const long = cells.every((cell) => /^\d{11,}$/.test(cell));
  const clean: readonly CleanRule[] = number.trailingZero ? [...about.clean, 'trailing .0'] : about.clean;
  const misfits = cells.length - number.fits;
  // a number with leading zeros, an apostrophe or sixteen digits is a name made of digits
  const isName = (number.integer && (leadingZeros || long)) || about.clean.length > 0;
  const type = isName ? 'id' : number.integer || number.trailingZero ? 'integer' : 'decimal';
  return { ...about, type, clean, number, leadingZeros, misfits: distinct.length > 0 ? misfits : 0 };
}

const words = [
  ['true', 'false'],
  ['yes', 'no'],
  ['y', 'n'],
  ['t', 'f'],
  ['1', '0'],
  ['on', 'off'],
  ['ja', 'nein'],
  ['oui', 'non'],
  ['si', 'no'],
];
function truth(cells: readonly string[]): boolean {
  const folded = new Set(cells.map((cell) => cell.toLowerCase()));
  return folded.size <= 2 && words.some((pair) => [...folded].every((cell) => pair.includes(cell)));
}

/** Digits with signs that numbers do not have between them. */
function isPhones(cells: readonly string[]): boolean {
  const fits = cells.filter(
    (cell) =>
      /^\+?[\d\s().\-/]{7,22}$/.test(cell) &&
      /^\+|\d[\s().\-/]+\d/.test(cell) &&
      digits(cell) >= 7 &&
      digits(cell) <= 15,
  );
  return fits.length >= cells.length * 0.9 && !fits.every((cell) => /^\d+\.\d+$/.test(cell));
}
const digits = (cell: string): number => cell.replace(/\D/g, '').length;

const sumOf = (cells: readonly string[], counts: ReadonlyMap<string, number>): number =>
  cells.reduce((all, cell) => all + (counts.get(cell) ?? 0), 0);

const frequent = (cells: readonly string[], counts: ReadonlyMap<string, number>): string[] =>
  [...cells].sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0)).slice(0, fewValues);
