/** A duration as people write it: `500ms`, `60s`, `5m`, `2h`, `3d`. */

/** A number and a unit: `500ms`, `60s`, `5m`, `2h`, `3d`. */
export type Duration = string;

import { PointferryError } from './errors.ts';

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const shape = /^(\d+)(ms|s|m|h|d)$/;

/** A hundred years: beyond, moments leave what PostgreSQL and JavaScript can tell. */
const mostMs = 36_525 * units.d;

export const isDuration = (text: string): boolean =>
  shape.test(text) && milliseconds(text as Duration) <= mostMs;

/** In ms. Throws CONFIG_INVALID. */
export function milliseconds(duration: Duration): number {
  const match = shape.exec(duration);
  if (match === null)
    throw new PointferryError('CONFIG_INVALID', `'${duration}' is no duration such as 60s or 3d`);
  return Number(match[1]) * units[match[2] as keyof typeof units];
}

/** As people write it, in the largest unit that needs no fraction: 90000 is `90s`. */
export function durationText(ms: number): Duration {
  const [unit] = Object.entries(units)
    .reverse()
    .find(([, size]) => ms % size === 0) ?? ['ms'];
  return `${ms / units[unit as keyof typeof units]}${unit}`;
}
