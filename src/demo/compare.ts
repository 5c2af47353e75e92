/** What a run yielded against what its sample says. */

import { equal } from '../ground/decimal.ts';
import { buckets } from '../ledger/buckets.ts';
import type { Summary } from '../report/findings/summary.ts';
import type { Figures, Yields } from './samples.ts';

/** Every difference, for people; none where the run yielded exactly what the sample says. */
export function differences(yields: Yields, summary: Summary): string[] {
  const [file] = summary.files;
  const rows: Figures = { ...summary.rows };
  const found: string[] = [];
  const expect = (what: string, wanted: unknown, is: unknown): void => {
    if (wanted !== is) found.push(`${what}: ${is} instead of ${wanted}`);
  };
  expect('exit code', yields.exit, summary.exitCode);
  expect('verdict of the file', yields.file.verdict, file?.verdict);
  expect('code of the file', yields.file.code, file?.code ?? null);
  for (const bucket of ['read', ...buckets] as const)
    expect(`rows ${bucket}`, yields.rows[bucket] ?? 0, rows[bucket] ?? 0);
  if (!summary.balanced) found.push('the books do not balance');
  if (yields.codes) found.push(...ofCodes(yields.codes, summary));
  if (yields.operations) {
    const operations: Readonly<Record<string, unknown>> = { ...summary.operations };
    for (const [state, count] of Object.entries(yields.operations))
      expect(`operations ${state}`, count, operations[state]);
  }
  return [...found, ...(yields.amount ? ofAmounts(yields.amount, summary) : [])];
}

function ofCodes(wanted: Figures, { errors }: Summary): string[] {
  const rows: Record<string, number> = {};
  for (const group of errors) rows[group.code] = (rows[group.code] ?? 0) + group.rows;
  return [...new Set([...Object.keys(wanted), ...Object.keys(rows)])]
    .filter((code) => (wanted[code] ?? 0) !== (rows[code] ?? 0))
    .map((code) => `rows with ${code}: ${rows[code] ?? 0} instead of ${wanted[code] ?? 0}`);
}

function ofAmounts(wanted: NonNullable<Yields['amount']>, { amount }: Summary): string[] {
  const currencies = new Set([...Object.keys(wanted), ...Object.keys(amount ?? {})]);
  return [...currencies].flatMap((currency) => {
    const want = wanted[currency] ?? {};
    const is: Readonly<Record<string, string | number>> = { ...amount?.[currency] };
    return ['read', ...buckets, 'unreadable']
      .filter((name) => !equal(String(want[name] ?? 0), String(is[name] ?? 0)))
      .map((name) => `${currency} ${name}: ${is[name] ?? 0} instead of ${want[name] ?? 0}`);
  });
}
