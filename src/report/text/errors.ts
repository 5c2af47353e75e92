/** `errors <run> --group` on a screen. */

import { add, grouped } from '../../ground/decimal.ts';
import { left, line, plain, plural, right, rule } from '../../ground/table.ts';
import { buckets } from '../../ledger/buckets.ts';
import { adviceFor } from '../findings/advice.ts';
import { type FileNotTaken, filesNotTaken } from '../findings/files-not-taken.ts';
import type { GroupDetail } from '../findings/group-details.ts';
import { rowId, textOf } from '../findings/line.ts';
import {
  amountText,
  concentrationText,
  mainBucket,
  type ShowOptions,
  shownCells,
} from '../findings/shown.ts';
import type { Findings } from '../findings/summary.ts';
import { wrapped } from './summary.ts';

export function groupsText(
  findings: Findings,
  details: readonly GroupDetail[],
  options: ShowOptions,
): string[] {
  const { run } = findings;
  const rows = details.reduce((sum, { group }) => sum + group.rows, 0);
  const isAll = details.length === findings.groups.length;
  const files = isAll ? notTakenText(filesNotTaken(findings)) : [];
  const head = `${run.pipeline}  ${run.id}   ${grouped(rows)} ${plural(rows, 'row')} not done`;
  if (details.length === 0)
    return [
      line(head),
      '',
      ...(files.length > 0 ? files : ['  nothing is wrong, and nothing waits for a member']),
    ];
  return [
    line(`${head}   ${options.showValues ? 'values shown' : 'masked'}`),
    '',
    line(`${right('#', 3)} ${right('rows', 8)} ${right('amount', 16)}  ${left('where', 9)} what is wrong`),
    ...details.flatMap((detail) => block(detail, findings, options)),
    rule(0),
    ...totals(details, options),
    ...(files.length > 0 ? ['', ...files] : []),
  ];
}

/** Files that were not taken, each with what is wrong and what to do. */
export const notTakenText = (files: readonly FileNotTaken[]): string[] =>
  files.flatMap(({ file, verdict, code, reason, do: hint }) => [
    line(`  ${left(verdict, 11)} ${plain(file)}  ${code}`),
    ...wrapped(plain(reason).split(' '), indent.length, ' '),
    line(`${indent}do   ${hint}`),
  ]);

function block(detail: GroupDetail, findings: Findings, options: ShowOptions): string[] {
  const { group, sample } = detail;
  const concentration = concentrationText(detail, findings, options);
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
    concentration === '' ? '' : `${indent}${concentration}`,
    sample ? `${indent}e.g. ${sampleText(detail, findings, options)}` : '',
    group.dismissed
      ? `${indent}given up by ${plain(group.dismissed.by)}: ${plain(group.dismissed.note)}`
      : '',
    `${indent}do   ${advice.do}`,
    advice.command ? `${indent}     ${advice.command}` : '',
    advice.afterwards ? `${indent}     ${advice.afterwards}` : '',
  ];
  return lines.filter(Boolean).map((text) => line(text));
}

const indent = '      ';

/** Where the first row is, its cells at fault, and how to look at it. */
function sampleText(detail: GroupDetail, findings: Findings, options: ShowOptions): string {
  const { sample } = detail;
  if (!sample) return '';
  const cells = shownCells(detail, findings, options).map(
    ([column, cell]) => `${plain(column)}=${plain(cell)}`,
  );
  const find = `pointferry find ${rowId(sample.file.id, sample.record)}`;
  return [`${plain(sample.file.name)} line ${grouped(sample.line)}`, ...cells, find].join('   ');
}

function totals(details: readonly GroupDetail[], options: ShowOptions): string[] {
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
