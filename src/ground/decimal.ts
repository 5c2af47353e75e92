/** Exact decimals as text, the way Postgres writes a `numeric`: `-12.50`. Nothing here ever becomes a float. */

const shape = /^(-?)(\d+)(?:\.(\d+))?$/;

interface Parts {
  readonly units: bigint;
  readonly scale: number;
}

function parts(text: string): Parts {
  const match = shape.exec(text);
  if (!match) throw new RangeError('not a plain decimal');
  const fraction = match[3] ?? '';
  return { units: BigInt(`${match[1]}${match[2]}${fraction}`), scale: fraction.length };
}

const at = ({ units, scale }: Parts, wanted: number): bigint => units * 10n ** BigInt(wanted - scale);

function write(units: bigint, scale: number): string {
  const sign = units < 0n ? '-' : '';
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Digits after the point. */
export const scaleOf = (text: string): number => parts(text).scale;

/** The sum, at the larger scale of both. */
export function add(left: string, right: string): string {
  const [a, b] = [parts(left), parts(right)];
  const scale = Math.max(a.scale, b.scale);
  return write(at(a, scale) + at(b, scale), scale);
}

export const negate = (text: string): string => write(-parts(text).units, parts(text).scale);

export const subtract = (left: string, right: string): string => add(left, negate(right));

export const isZero = (text: string): boolean => parts(text).units === 0n;

export const equal = (left: string, right: string): boolean => isZero(subtract(left, right));

/** The same number with at least `scale` digits after the point; never fewer than it has. */
export const atScale = (text: string, scale: number): string => add(text, write(0n, scale));

/** With thousands separated, for people: `1,868,695.78`. */
export function grouped(text: string | number): string {
  const [whole = '', fraction] = String(text).split('.');
  const separated = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? separated : `${separated}.${fraction}`;
}
