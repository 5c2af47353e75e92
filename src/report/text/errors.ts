/** `errors <run> --group` for people. */

import { add, grouped } from '../../ground/decimal.ts';
import { left, line, plain, plural, right, rule } from '../../ground/table.ts';
import { type Bucket, buckets } from '../../ledger/buckets.ts';
import type { Definition } from '../../ledger/run.ts';
import { adviceFor } from '../findings/advice.ts';
import type { Concentration } from '../findings/concentration.ts';
import type { GroupDetail } from '../findings/group-details.ts';
import type { ErrorGroup } from '../findings/groups.ts';
import { textOf } from '../findings/line.ts';
import { maskFault } from '../findings/mask.ts';
import { isPersonal, shownCategory } from '../findings/privacy.ts';
import type { Findings } from '../findings/summary.ts';

export interface ErrorsTextOptions {
  /** Cells as they are. */
  readonly showValues: boolean;
}

/** The bucket most of a group's rows stand in. */
export const mainBucket = (group: ErrorGroup): Bucket =>
  buckets.reduce((best, bucket) => (group.buckets[bucket] > group.buckets[best] ? bucket : best), 'rejected');

/** The amount of a group where it has one currency; `unreadable` where no amount could be read. */
export function amountText(group: ErrorGroup): string {
  const [only, ...more] = Object.entries(group.amount);
  if (!only) return '';
  if (more.length > 0) return `${more.length + 1} currencies`;
  const [, one] = only;
  return one.unreadable.read === group.rows ? 'unreadable' : grouped(one.read);
}

export function groupsText(
  findings: Findings,
  details: readonly GroupDetail[],
  options: ErrorsTextOptions,
): string[] {
  const { run } = findings;
  const rows = details.reduce((sum, { group }) => sum + group.rows, 0);
  const said = `${run.pipeline}  ${run.id}   ${grouped(rows)} ${plural(rows, 'row')} not done`;
  if (details.length === 0)
    return [line(`${said}`), '', '  nothing is wrong, and nothing waits for a member'];
  return [
    line(`${said}   ${options.showValues ? 'values shown' : 'masked'}`),
    '',
    line(`${right('#', 3)} ${right('rows', 8)} ${right('amount', 16)}  ${left('where', 9)} what is wrong`),
    ...details.flatMap((detail) => block(detail, findings, options)),
    rule(0),
    ...totals(details, options),
  ];
}

function block(detail: GroupDetail, findings: Findings, options: ErrorsTextOptions): string[] {
  const { group, concentration, sample } = detail;
  const { run, waiting } = findings;
  const platform = group.platformCode === null ? '' : `${run.platform} ${group.platformCode}`;
  const title = [group.code, platform, group.field].filter(Boolean).map(plain).join('  ');
  const head = `${right(group.number, 3)} ${right(grouped(group.rows), 8)} ${right(amountText(group), 16)}`;
  const { operations } = group;
  const many = operations > 0 ? `${grouped(operations)} ${plural(operations, 'operation')}, ` : '';
  const advice = adviceFor(run.id, group, waiting.nextGivenUp);
  const lines = [
    `${head}  ${left(mainBucket(group), 9)} ${title}`,
    `${indent}${many}${plain(sample?.reason || textOf(group.code))}`,
    concentration ? `${indent}${concentrationText(run.definition, concentration, options)}` : '',
    sample ? `${indent}e.g. ${sampleText(detail, findings, options)}` : '',
    group.dismissed
      ? `${indent}given up by ${plain(group.dismissed.by)}: ${plain(group.dismissed.note)}`
      : '',
    `${indent}do   ${advice.do}`,
    advice.command ? `${indent}     ${advice.command}` : '',
  ];
  return lines.filter(Boolean).map((text) => line(text));
}

const indent = '      ';

/** `all 240 from store=00072; 0 % elsewhere`. */
export function concentrationText(
  definition: Definition,
  { column, value, here, lookedAt, elsewhere }: Concentration,
  { showValues }: ErrorsTextOptions,
): string {
  const shown = showValues ? value : shownCategory(definition, column, value);
  const many =
    here === lookedAt
      ? `all ${grouped(here)} looked at`
      : `${grouped(here)} of ${grouped(lookedAt)} looked at`;
  const other = elsewhere === 0 ? 'none of the others' : `${(elsewhere * 100).toFixed(1)} % of the others`;
  return `${many} have ${plain(column)}=${plain(shown)}; ${other}`;
}

/** Where the first row stands, its cells at fault, and how to look at it. */
export function sampleText(
  { group, sample }: GroupDetail,
  { run }: Findings,
  options: ErrorsTextOptions,
): string {
  if (!sample) return '';
  const cells = sample.cells.map(
    ([column, cell]) =>
      `${plain(column)}=${plain(shownCell(run.definition, group.code, column, cell, options))}`,
  );
  const find = `pointferry find ${sample.file.id}-${sample.record}`;
  return [`${plain(sample.file.name)} line ${grouped(sample.line)}`, ...cells, find].join('   ');
}

export function shownCell(
  definition: Definition,
  code: string,
  column: string,
  cell: string,
  { showValues }: ErrorsTextOptions,
): string {
  if (showValues) return cell;
  // a type or a status that the platform does not know says everything, and belongs to nobody
  const category = code === 'PUSH_REFUSED' && !isPersonal(definition, column) && cell.length <= 30;
  return category ? shownCategory(definition, column, cell) : maskFault(code, cell);
}

function totals(details: readonly GroupDetail[], options: ErrorsTextOptions): string[] {
  const groups = details.map(({ group }) => group);
  const rows = groups.reduce((sum, group) => sum + group.rows, 0);
  const currencies = new Set(groups.flatMap((group) => Object.keys(group.amount)));
  const amount =
    currencies.size === 1
      ? groups.reduce((sum, group) => add(sum, Object.values(group.amount)[0]?.read ?? '0'), '0')
      : '';
  const parts = buckets
    .map((bucket) => [bucket, groups.reduce((sum, group) => sum + group.buckets[bucket], 0)] as const)
    .filter(([, count]) => count > 0)
    .map(([bucket, count]) => `${bucket} ${grouped(count)}`);
  return [
    line(
      `${' '.repeat(4)}${right(grouped(rows), 8)} ${right(amount === '' ? '' : grouped(amount), 16)}  = ${parts.join(' + ')}`,
    ),
    ...(options.showValues
      ? []
      : ['', '  values are masked: --show-values, or --out FILE for all rows with their cells']),
  ];
}
