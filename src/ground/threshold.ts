/** Thresholds: a count of rows (`100`) or a share of them (`'1%'`). */
/** A count of rows, or a share of them: `100`, `'1%'`. */
export type Threshold = number | string;

/** How many of `of` a threshold allows; none stated: none. A share is rounded down. */
export function allowed(threshold: Threshold | undefined, of: number): number {
  if (threshold === undefined) return 0;
  if (typeof threshold === 'number') return threshold;
  const percent = Number(threshold.replace(/\s*%$/, ''));
  return Math.floor((of * percent) / 100);
}

/** Is it more than allowed? */
export const exceeds = (count: number, of: number, threshold: Threshold): boolean =>
  count > allowed(threshold, of);
