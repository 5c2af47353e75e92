/** What a spreadsheet does to a cell by itself, by only opening and saving the file. Pure. */
import { isRedated } from './dates.ts';

/**
 * `loses` has those after which the original cannot be known from the new text: such a change never counts as an
 * edit, not even in a column that was to be edited.
 *  - zeros       0009200618053 -> 9200618053
 *  - exponent    7210448301122 -> 7.21E+12, and digits beyond the fifteenth become zeros
 *  - hidden      ######## if the column was too narrow, #NAME? and the like
 *  - characters  `?` for what windows-1252 does not have
 *  - number      5.00 -> 5, 1,234.50 -> 1234.5, $5.00 -> 5
 *  - date        2026/05/11 14:02 -> 11.05.2026 14:02, 3-12 -> 12-Mar, 14:02 -> 02:02:00 PM
 *  - boolean     true -> TRUE
 *  - line ends   those within a cell
 */
export type Deed =
  | 'zeros'
  | 'exponent'
  | 'hidden'
  | 'characters'
  | 'number'
  | 'date'
  | 'boolean'
  | 'line ends';

export const loses: ReadonlySet<Deed> = new Set(['zeros', 'exponent', 'hidden', 'characters', 'line ends']);

/** What a spreadsheet may have done to make `seen` of `original`; null: nothing of the kind, or nothing at all. */
export function deedOf(original: string, seen: string, encoding: 'utf-8' | 'windows-1252'): Deed | null {
  if (original === seen || seen === '') return null;
  if (/^#+$|^#(NAME\?|REF!|VALUE!|NUM!|DIV\/0!|N\/A|NULL!)$/.test(seen)) return 'hidden';
  if (unended(original) === unended(seen)) return 'line ends';
  if (encoding === 'windows-1252' && unended(in1252(original)) === unended(seen)) return 'characters';
  if (isSameWord(original, seen)) return 'boolean';
  const numbers = [numbersOf(original.trim()), numbersOf(seen.trim())] as const;
  // 3.00 may be a month of a year, but not where it is followed by another number
  if (numbers.every((found) => found.length > 0)) return numberDeed(original.trim(), seen, pairs(...numbers));
  return isRedated(original, seen) ? 'date' : null;
}

const unended = (text: string): string => text.replace(/\r\n?|\n/g, '\n');

const decoder = new TextDecoder('windows-1252');
const inTable = new Set(Array.from({ length: 256 }, (_, byte) => decoder.decode(Uint8Array.of(byte))));
/** With `?` for every character that the encoding does not have. */
const in1252 = (text: string): string =>
  [...text].map((character) => (inTable.has(character) ? character : '?')).join('');

/** True and false, as spreadsheets of some languages write them. */
const words: readonly (readonly string[])[] = [
  ['true', 'wahr', 'vrai', 'verdadero', 'vero', 'waar', 'verdadeiro', 'prawda'],
  ['false', 'falsch', 'faux', 'falso', 'onwaar', 'fałsz'],
];
const isSameWord = (original: string, seen: string): boolean =>
  words.some((same) => same[0] === original.trim().toLowerCase() && same.includes(seen.toLowerCase()));

function numberDeed(text: string, seen: string, ways: readonly (readonly [Decimal, Decimal])[]): Deed | null {
  for (const [was, is] of ways) {
    if (was.digits === is.digits && was.scale === is.scale && was.negative === is.negative)
      return isPlain(text) && /^[-+]?0\d/.test(text) ? 'zeros' : isExponent(seen) ? 'exponent' : 'number';
    if (was.negative === is.negative && isRounded(was, is, seen)) return 'exponent';
  }
  return null;
}

interface Decimal {
  readonly negative: boolean;
  /** Without zeros at either end; '' for zero. */
  readonly digits: string;
  /** The number is 0.digits x 10^scale; 0 for zero. */
  readonly scale: number;
}

const isPlain = (text: string): boolean => /^[-+]?\d+$/.test(text);
const isExponent = (text: string): boolean => /\de[-+]?\d+$/i.test(text);

/** Every number that the text may be, with the point or the comma as the decimal sign. */
function numbersOf(text: string): Decimal[] {
  const bare = text.replace(/^([-+]?)\p{Sc}\s*/u, '$1').replace(/\s*\p{Sc}$/u, '');
  const found: Decimal[] = [];
  for (const [decimal, group] of [
    ['.', ','],
    [',', '.'],
  ] as const) {
    const d = RegExp.escape(decimal);
    const g = `[${RegExp.escape(group)} '\u00a0\u202f]`;
    const shape = new RegExp(
      `^([-+]?)(\\d+|\\d{1,3}(?:${g}\\d{3})+)(?:${d}(\\d+))?(?:e([-+]?\\d{1,4}))?$`,
      'i',
    );
    const match = shape.exec(bare);
    if (!match) continue;
    const [, sign, whole = '', fraction = '', exponent = '0'] = match;
    found.push(decimalOf(sign === '-', whole.replace(/\D/g, ''), fraction, Number(exponent)));
  }
  return found;
}

function decimalOf(negative: boolean, whole: string, fraction: string, exponent: number): Decimal {
  const all = whole + fraction;
  const lead = all.length - all.replace(/^0+/, '').length;
  const digits = all.replace(/^0+/, '').replace(/0+$/, '');
  if (digits === '') return { negative: false, digits, scale: 0 };
  return { negative, digits, scale: whole.length - lead + exponent };
}

/** An exponent with fewer digits, or a long number whose digits beyond the fifteenth are gone: cut off or rounded. */
function isRounded(was: Decimal, is: Decimal, seen: string): boolean {
  const kept = is.digits.length;
  if (was.digits.length <= kept || (!isExponent(seen) && was.digits.length <= 15)) return false;
  const cut = was.digits.slice(0, kept);
  const up = (was.digits[kept] ?? '0') >= '5' ? `${BigInt(cut) + 1n}` : cut;
  if (is.digits === cut || is.digits === up) return is.scale === was.scale;
  return up.length > cut.length && is.digits === '1' && is.scale === was.scale + 1; // 9.99E+12 shown as 1E+13
}

const pairs = <T>(left: readonly T[], right: readonly T[]): (readonly [T, T])[] =>
  left.flatMap((a) => right.map((b) => [a, b] as const));
