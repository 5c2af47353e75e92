/** Exact decimals: `units` divided by ten to the power of `scale`. Never a float. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

export const zero: Decimal = { units: 0n, scale: 0 };

const shape = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * Reads plain decimal text, or with `exponent` also what JSON allows (`1.5e3`). No sign `+`, no blanks, no
 * separators. Undefined when it is not a number of that form, or longer than 60 digits.
 */
export function parseDecimal(text: string, exponent: 'exponent' | 'plain' = 'plain'): Decimal | undefined {
  const found = shape.exec(text);
  if (found === null) return undefined;
  const [, sign = '', whole = '', fraction = '', power] = found;
  if (power !== undefined && exponent === 'plain') return undefined;
  const shift = Number(power ?? 0);
  if (whole.length + fraction.length + Math.abs(shift) > 60) return undefined;
  const scale = fraction.length - shift;
  const units = BigInt(`${sign}${whole}${fraction}`) * 10n ** BigInt(Math.max(0, -scale));
  return { units, scale: Math.max(0, scale) };
}

const at = (value: Decimal, scale: number): bigint => value.units * 10n ** BigInt(scale - value.scale);

export function add(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { units: at(a, scale) + at(b, scale), scale };
}

export const multiply = (a: Decimal, b: Decimal): Decimal => ({
  units: a.units * b.units,
  scale: a.scale + b.scale,
});

export const negate = (value: Decimal): Decimal => ({ units: -value.units, scale: value.scale });

export const isNegative = (value: Decimal): boolean => value.units < 0n;

export const atLeast = (a: Decimal, b: Decimal): boolean => !isNegative(add(a, negate(b)));

/** Decimal text without needless zeros at its end, but with at least `digits` after the point. */
export function formatDecimal(value: Decimal, digits = 0): string {
  let { units, scale } = value;
  while (scale > digits && units % 10n === 0n) {
    units /= 10n;
    scale -= 1;
  }
  if (scale < digits) {
    units *= 10n ** BigInt(digits - scale);
    scale = digits;
  }
  const text = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const sign = units < 0n ? '-' : '';
  return scale === 0 ? sign + text : `${sign}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}
