/** Amounts of the books, per currency: gathered from rows, set against what stage summed, shown at one scale. */

import { add, atScale, equal, scaleOf, subtract } from '../../ground/decimal.ts';
import { type Bucket, buckets, noCounts, perBucket } from '../../ledger/buckets.ts';
import type { RunFile } from '../../ledger/file.ts';
import type { Run } from '../../ledger/run.ts';

/** Amounts of one currency: exact decimals as text, all at the scale of the data. */
export interface CurrencyBooks {
  readonly read: string;
  /** What edits changed, to be added to `read`. */
  readonly corrected: string;
  readonly buckets: Readonly<Record<Bucket, string>>;
  /** Rows whose amount cannot be read; damaged ones included. */
  readonly unreadable: { readonly read: number } & Readonly<Record<Bucket, number>>;
}
export type Amounts = Readonly<Record<string, CurrencyBooks>>;

/** Rows of one file, bucket and currency. */
export interface Cell {
  readonly file: number;
  readonly bucket: Bucket;
  readonly currency: string;
  readonly rows: number;
  readonly amount: string;
  readonly unreadable: number;
  readonly corrected: string;
}

const empty = (): CurrencyBooks => ({
  read: '0',
  corrected: '0',
  buckets: perBucket(() => '0'),
  unreadable: noCounts(),
});

/** The right side: amounts per currency and bucket. `read` stays zero. */
export function gather(cells: readonly Cell[]): Record<string, CurrencyBooks> {
  const amounts: Record<string, CurrencyBooks> = {};
  for (const cell of cells) {
    const known = amounts[cell.currency] ?? empty();
    amounts[cell.currency] = {
      ...known,
      corrected: add(known.corrected, cell.corrected),
      buckets: { ...known.buckets, [cell.bucket]: add(known.buckets[cell.bucket], cell.amount) },
      unreadable: { ...known.unreadable, [cell.bucket]: known.unreadable[cell.bucket] + cell.unreadable },
    };
  }
  return amounts;
}

/** What stage summed per currency; a record that could not be parsed has no amount that could be read. */
export function stagedAmounts(
  files: readonly RunFile[],
  fallback: string,
): Record<string, { readonly sum: string; readonly unreadable: number }> {
  const sums: Record<string, { sum: string; unreadable: number }> = {};
  const put = (currency: string, sum: string, unreadable: number) => {
    const known = sums[currency] ?? { sum: '0', unreadable: 0 };
    sums[currency] = { sum: add(known.sum, sum), unreadable: known.unreadable + unreadable };
  };
  for (const file of files) {
    for (const [currency, left] of Object.entries(file.amounts))
      put(currency === '' ? fallback : currency, left.sum, left.unreadable);
    if (file.damaged > 0) put(fallback, '0', file.damaged);
  }
  return sums;
}

/** Both sides together, for every currency that either of them has. */
export function withRead(
  amounts: Readonly<Record<string, CurrencyBooks>>,
  left: ReturnType<typeof stagedAmounts>,
): Amounts {
  const currencies = [...new Set([...Object.keys(left), ...Object.keys(amounts)])].sort();
  const put = (currency: string): CurrencyBooks => {
    const known = amounts[currency] ?? empty();
    const { sum, unreadable } = left[currency] ?? { sum: '0', unreadable: 0 };
    return { ...known, read: sum, unreadable: { ...known.unreadable, read: unreadable } };
  };
  return Object.fromEntries(
    currencies
      .map((currency) => [currency, sameScale(put(currency))] as const)
      .filter(([, one]) => says(one)),
  );
}

/** The sum over the buckets. */
export const accounted = (one: CurrencyBooks): string =>
  buckets.reduce((sum, bucket) => add(sum, one.buckets[bucket]), '0');
const unreadableRows = (one: CurrencyBooks): number =>
  buckets.reduce((sum, bucket) => sum + one.unreadable[bucket], 0);

/** False for a currency that is there only because some row has no amount at all. */
const says = (one: CurrencyBooks): boolean =>
  [one.read, one.corrected, ...Object.values(one.buckets)].some((text) => /[1-9]/.test(text)) ||
  one.unreadable.read > 0 ||
  unreadableRows(one) > 0;

/** All figures of a currency at the largest scale that any of them has: the scale of the data. */
function sameScale(one: CurrencyBooks): CurrencyBooks {
  const texts = [one.read, one.corrected, ...Object.values(one.buckets)];
  const scale = Math.max(...texts.map(scaleOf));
  return {
    ...one,
    read: atScale(one.read, scale),
    corrected: atScale(one.corrected, scale),
    buckets: perBucket((bucket) => atScale(one.buckets[bucket], scale)),
  };
}

/** What does not agree, one sentence each. */
export function amountDifferences(amounts: Amounts): string[] {
  return Object.entries(amounts).flatMap(([currency, one]) => {
    const sum = accounted(one);
    const said: string[] = [];
    if (!equal(one.read, sum))
      said.push(`${currency}: read ${one.read}, accounted for ${sum}, difference ${subtract(one.read, sum)}`);
    if (one.unreadable.read !== unreadableRows(one))
      said.push(
        `${currency}: ${one.unreadable.read} unreadable amounts read, ${unreadableRows(one)} accounted for`,
      );
    return said;
  });
}

/** The currency that a pipeline says of its rows' amounts, `?` if a column names it; null if rows have no amount. */
export function amountRule({ definition }: Pick<Run, 'definition'>): { readonly currency: string } | null {
  const { amount } = definition;
  if (amount === undefined) return null;
  return { currency: typeof amount.currency === 'string' ? amount.currency : '?' };
}
