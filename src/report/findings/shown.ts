/** What of a group of errors is shown, and how: `errors --group`, its JSON and report.html show the same. */
import { grouped } from '../../ground/decimal.ts';
import { plain } from '../../ground/table.ts';
import { type Bucket, buckets } from '../../ledger/buckets.ts';
import type { GroupDetail } from './group-details.ts';
import type { ErrorGroup } from './groups.ts';
import { maskFault, maskValue } from './mask.ts';
import { declaredAs, looksPersonal } from './privacy.ts';
import type { Findings } from './summary.ts';

export interface ShowOptions {
  /** Cells as they are. */
  readonly showValues: boolean;
}

/** The bucket that most of a group's rows are in. */
export const mainBucket = (group: ErrorGroup): Bucket =>
  buckets.reduce((best, bucket) => (group.buckets[bucket] > group.buckets[best] ? bucket : best), 'rejected');

/** The amount of a group with one currency; `unreadable` if no amount could be read. */
export function amountText(group: ErrorGroup): string {
  const [only, ...more] = Object.entries(group.amount);
  if (!only) return '';
  if (more.length > 0) return `${more.length + 1} currencies`;
  const [, one] = only;
  return one.unreadable.read === group.rows ? 'unreadable' : grouped(one.read);
}

/** A value that rows of at least this many subjects share does not identify one of them. */
const severalSubjects = 5;

/** `all 240 looked at have store=00072; none of the others`. Empty if the rows have nothing in common. */
export function concentrationText(
  { concentration, sample }: GroupDetail,
  { run, privacy }: Findings,
  { showValues }: ShowOptions,
): string {
  if (!concentration || !sample) return '';
  const { column, value, here, lookedAt, elsewhere, subjects } = concentration;
  const declared = declaredAs(privacy, run.definition, sample.file, column);
  const isOpen = declared === 'open' || (declared === 'not-declared' && subjects >= severalSubjects);
  const shown = showValues || (isOpen && !looksPersonal(value)) ? value : maskValue(value);
  const many =
    here === lookedAt
      ? `all ${grouped(here)} looked at`
      : `${grouped(here)} of ${grouped(lookedAt)} looked at`;
  const other = elsewhere === 0 ? 'none of the others' : `${(elsewhere * 100).toFixed(1)} % of the others`;
  return `${many} have ${plain(column)}=${plain(shown)}; ${other}`;
}

/** Cells of the example by column, as far as they may be shown. */
export function shownCells(
  { group, sample }: GroupDetail,
  { run, privacy }: Findings,
  { showValues }: ShowOptions,
): readonly (readonly [column: string, cell: string])[] {
  if (!sample) return [];
  return sample.cells.map(([column, cell]) => {
    // A type or a status that the platform does not know is the cause itself, and identifies nobody.
    const isCause =
      group.code === 'PUSH_REFUSED' &&
      cell.length <= 30 &&
      !looksPersonal(cell) &&
      declaredAs(privacy, run.definition, sample.file, column) === 'open';
    return [column, showValues || isCause ? cell : maskFault(group.code, cell)];
  });
}
