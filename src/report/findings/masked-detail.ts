/** A group of errors as `errors --json` and report.html have it. */
import { adviceFor } from './advice.ts';
import type { GroupDetail } from './group-details.ts';
import { rowId, textOf } from './line.ts';
import { amountText, concentrationText, mainBucket, shownCells } from './shown.ts';
import type { Findings } from './summary.ts';

export interface ShownGroup {
  readonly group: number;
  readonly code: string;
  readonly meaning: string;
  readonly field: string;
  readonly platformCode: string | null;
  readonly bucket: string;
  readonly rows: number;
  readonly operations: number;
  readonly amount: string;
  readonly concentration: string | null;
  readonly sample: {
    readonly row: string;
    readonly file: string;
    readonly line: number;
    readonly cells: Readonly<Record<string, string>>;
    readonly reason: string;
    readonly requestId: string | null;
  } | null;
  readonly do: string;
  readonly command: string | null;
}

export function maskedDetail(detail: GroupDetail, findings: Findings, showValues: boolean): ShownGroup {
  const { group, sample } = detail;
  const concentration = concentrationText(detail, findings, { showValues });
  const advice = adviceFor(findings.run.id, group, findings.waiting.nextGivenUp);
  return {
    group: group.number,
    code: group.code,
    meaning: textOf(group.code),
    field: group.field,
    platformCode: group.platformCode,
    bucket: mainBucket(group),
    rows: group.rows,
    operations: group.operations,
    amount: amountText(group),
    concentration: concentration === '' ? null : concentration,
    sample: sample && {
      row: rowId(sample.file.id, sample.record),
      file: sample.file.name,
      line: sample.line,
      cells: Object.fromEntries(shownCells(detail, findings, { showValues })),
      reason: sample.reason,
      requestId: sample.requestId,
    },
    do: [advice.do, advice.afterwards].filter(Boolean).join(', then  '),
    command: advice.command,
  };
}
