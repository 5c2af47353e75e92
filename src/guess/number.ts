/** How the numbers of a column are written: decimal sign, thousands, currency, parentheses, percent. */
import type { NumberForm } from '../pipeline/mapping.ts';

export interface NumberGuess {
  readonly form: NumberForm;
  /** Cells read so; the others are no numbers. */
  readonly fits: number;
  readonly integer: boolean;
  readonly negative: number;
  /** Whole numbers, some of them with `.0` behind: they went through a spreadsheet. */
  readonly trailingZero: boolean;
  /** `1,234` in every cell that has a sign: one and a bit, or a thousand and more. */
  readonly ambiguous: boolean;
}

type Sign = '.' | ',';
type Thousands = NonNullable<NumberForm['thousands']>;

interface Written {
  readonly negative: boolean;
  readonly parentheses: boolean;
  readonly currency: string | null;
  readonly percent: boolean;
  readonly decimal: Sign | null;
  readonly thousands: Thousands | null;
  /** A sign that may be either. */
  readonly either: Sign | null;
  /** Digits before it without any sign between them. */
  readonly long: boolean;
  readonly zeroTail: boolean;
}

/** The form that the cells (not empty ones, trimmed) share; null where fewer than nine in ten are numbers. */
export function guessNumber(cells: readonly string[]): NumberGuess | null {
  const written = cells.flatMap((cell) => writtenAs(cell) ?? []);
  if (cells.length === 0 || written.length < cells.length * 0.9) return null;
  const decimal = signOf(written.map((one) => one.decimal));
  const thousands = signOf(written.map((one) => one.thousands));
  if (decimal === 'mixed' || thousands === 'mixed' || (decimal !== null && decimal === thousands))
    return null;
  const either = signOf(written.map((one) => one.either));
  if (either === 'mixed') return null;
  const settled = settle(decimal, thousands, either, written);
  const currencies = [...new Set(written.flatMap((one) => one.currency ?? []))];
  const [currency] = currencies;
  const form: NumberForm = {
    ...(settled.decimal === ',' || settled.ambiguous ? { decimal: settled.decimal ?? '.' } : {}),
    ...(settled.thousands === null ? {} : { thousands: settled.thousands }),
    ...(currency === undefined ? {} : { currencySign: currencies.length > 1 ? true : currency }),
    ...(written.some((one) => one.parentheses) ? { parentheses: true } : {}),
    ...(written.some((one) => one.percent) ? { percent: 'number' as const } : {}),
  };
  return {
    form,
    fits: written.length,
    integer: settled.decimal === null,
    negative: written.filter((one) => one.negative).length,
    trailingZero:
      written.some((one) => one.zeroTail) &&
      written.every((one) => one.zeroTail || (one.decimal ?? one.either) === null),
    ambiguous: settled.ambiguous,
  };
}

function signOf<S extends string>(signs: readonly (S | null)[]): S | null | 'mixed' {
  const found = [...new Set(signs.filter((sign) => sign !== null))];
  return found.length > 1 ? 'mixed' : (found[0] ?? null);
}

interface Settled {
  readonly decimal: Sign | null;
  readonly thousands: Thousands | null;
  readonly ambiguous: boolean;
}

function settle(
  decimal: Sign | null,
  thousands: Thousands | null,
  either: Sign | null,
  written: readonly Written[],
): Settled {
  const plain = { decimal, thousands, ambiguous: false };
  if (either === null || either === decimal || either === thousands) return plain;
  if (decimal !== null) return { ...plain, thousands: either };
  if (thousands !== null) return { ...plain, decimal: either };
  // whoever writes 1234 without a sign would not write 1,234 for the same number
  if (written.some((one) => one.either === null && one.long)) return { ...plain, decimal: either };
  return { decimal: either, thousands: either, ambiguous: true };
}

const money = `(\\p{Sc}|${Intl.supportedValuesOf('currency').join('|')})`;
const before = new RegExp(`^([-+]?)\\s*${money}\\s*([-+]?)`, 'u');
const behind = new RegExp(`\\s*${money}$`, 'u');

/** How one number is written, or undefined where it is none. */
function writtenAs(cell: string): Written | undefined {
  const brackets = /^\(\s*([^-+()]*?)\s*\)$/.exec(cell);
  let text = brackets?.[1] ?? cell;
  const percent = /\s*%$/.test(text);
  if (percent) text = text.replace(/\s*%$/, '');
  const currency = before.exec(text)?.[2] ?? behind.exec(text)?.[1] ?? null;
  text = text.replace(before, '$1$3').replace(behind, '');
  const [, sign = '', body = ''] = /^([-+]?)(.*)$/s.exec(text) ?? [];
  const digits = digitsOf(body);
  if (digits === undefined) return undefined;
  const parentheses = brackets !== null;
  const zero = /^[\s.,0]*$/.test(body);
  return { ...digits, negative: !zero && (parentheses || sign === '-'), parentheses, currency, percent };
}

type Digits = Pick<Written, 'decimal' | 'thousands' | 'either' | 'long' | 'zeroTail'>;

function digitsOf(body: string): Digits | undefined {
  const none: Digits = { decimal: null, thousands: null, either: null, long: false, zeroTail: false };
  if (/^\d+$/.test(body)) return body.length > 60 ? undefined : { ...none, long: body.length > 3 };
  const one = /^(\d+)([.,])(\d+)$/.exec(body);
  if (one !== null) {
    const [, whole = '', sign, rest = ''] = one as unknown as [string, string, Sign, string];
    const sure = rest.length !== 3 || whole.length > 3 || whole.startsWith('0');
    const zeroTail = sign === '.' && rest === '0';
    return { ...none, ...(sure ? { decimal: sign } : { either: sign }), long: whole.length > 3, zeroTail };
  }
  const grouped = /^\d{1,3}(?:([., '\u00a0\u202f])\d{3})(?:\1\d{3})*(?:([.,])\d+)?$/.exec(body);
  if (grouped === null) return undefined;
  const [, separator = '', decimal] = grouped;
  if (separator === decimal) return undefined;
  const thousands = /[\u00a0\u202f]/.test(separator) ? ' ' : (separator as Thousands);
  return { ...none, thousands, decimal: (decimal as Sign | undefined) ?? null };
}
