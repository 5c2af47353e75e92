/** Rows that need attention, for programs and for people. */
import path from 'node:path';
import type { ErrorGroups, ErrorRows, errorRows, exportErrors, Listing } from '../../app/reports.ts';
import { groupsText, notTakenText } from '../../report/text/errors.ts';
import { rowsText } from '../../report/text/rows.ts';

export interface Shown {
  readonly document: object;
  readonly lines: readonly string[];
}

export function shownRows(
  { run, pipeline, total, rows, files }: Awaited<ReturnType<typeof errorRows>>,
  { showValues }: Listing,
): Shown {
  return {
    document: { run, masked: !showValues, total, rows, files },
    lines: [
      ...(total === 0 ? [nothingLine(pipeline, run)] : []),
      ...rowsText(rows, total),
      ...notTakenText(files),
    ],
  };
}

export function shownGroups(groups: ErrorGroups, { showValues }: Listing): Shown {
  const { findings, details, shown, files, rows } = groups;
  const { id: run, pipeline } = findings.run;
  return {
    document: { run, masked: !showValues, groups: shown, files },
    lines: [
      ...groupsText(findings, details, { showValues }),
      ...(rows?.total === 0 ? [nothingLine(pipeline, run)] : []),
      ...(rows ? rowsText(rows.rows, rows.total) : []),
    ],
  };
}

const nothingLine = (pipeline: string, run: string): string => `${pipeline} ${run}: no row needs attention`;

export const shownFile = (done: Awaited<ReturnType<typeof exportErrors>>, file: string): Shown => ({
  document: done,
  lines: done.outputs.map(({ name, rows }) => `${path.join(path.dirname(file), name)}   ${rows} rows`),
});

/** Over all runs. */
export function shownUnknown(
  runs: readonly Pick<ErrorRows, 'run' | 'total' | 'rows'>[],
  { showValues }: Listing,
): Shown {
  const settle = (run: string): string =>
    `pointferry settle ${run} --row ROW --as delivered|failed|retry --note TEXT`;
  return {
    document: {
      masked: !showValues,
      runs: runs.map(({ run, total, rows }) => ({ run, total, rows })),
    },
    lines:
      runs.length === 0
        ? ['no row is unknown']
        : runs.flatMap(({ run, total, rows }) => [
            `${run}   ${total} unknown   ${settle(run)}`,
            ...rowsText(rows, total),
          ]),
  };
}
