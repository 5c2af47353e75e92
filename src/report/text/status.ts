/** `status` on a screen. */
import { local } from '../../ground/clock.ts';
import { grouped } from '../../ground/decimal.ts';
import { exit } from '../../ground/exit.ts';
import { left, line, plain, plural, right } from '../../ground/table.ts';
import { familyRows } from '../../ledger/buckets.ts';
import { isLeftWith } from '../../ledger/next-step.ts';
import type { Status, StatusLine } from '../findings/status.ts';

function mark({ status, exitCode, dismissed }: StatusLine): string {
  if (status === 'running') return '..';
  if (dismissed) return '--';
  if (exitCode === exit.ok) return 'ok';
  return exitCode === exit.rows || exitCode === exit.interrupted ? '! ' : '!!';
}

const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Lines of at most 100 columns. Times are shown in `zone`. `all`: every open run instead of the worst of each pipeline. */
export function statusText(status: Status, { zone = ownZone(), all = false } = {}): string[] {
  const head = `    ${left('pipeline', 22)} ${left('run', 8)} ${left('ended', 10)}${right('read', 11)}${right('done', 11)}${right('attention', 11)}${right('waiting', 9)}  exit`;
  const shown = all ? status.open : status.lines;
  const lines = shown.flatMap((one) => pipelineLines(one, status.now, zone));
  const none = all ? '  no run is open' : '  no run yet: pointferry run <pipeline>, or pointferry demo';
  const accounts = status.accounts.map(({ name, stage, state }, index) =>
    line(
      ` ${left(index === 0 ? 'accounts' : '', 10)} ${left(plain(name), 24)} ${left(stage, 11)} ${plain(state)}`,
    ),
  );
  const { bytes, schema, held } = status.database;
  const { rows, oldest } = status.unknown;
  const unknown = oldest
    ? [
        line(
          ` unknown    ${grouped(rows)} ${plural(rows, 'row')}, the oldest since ${shortTime(oldest, zone, status.now)}: pointferry errors --unknown`,
        ),
      ]
    : [];
  return [
    ...(lines.length > 0 ? [line(head), ...lines] : [none]),
    '',
    ...accounts,
    ...unknown,
    line(
      ` database   ${sizeText(bytes)}, schema ${schema}   held: ${held === 0 ? 'none' : `${held} running`}`,
    ),
  ];
}

function pipelineLines(one: StatusLine, now: Date, zone: string): string[] {
  const { rows } = one;
  const name = one.scope === 'nightly' ? one.pipeline : `${one.pipeline} (${one.scope})`;
  const figures = [
    right(grouped(rows.read), 11),
    right(grouped(familyRows(rows, 'done')), 11),
    right(grouped(familyRows(rows, 'person')), 11),
    right(grouped(familyRows(rows, 'waits')), 9),
  ].join('');
  const first = ` ${mark(one)} ${left(plain(name), 22)} ${left(one.run, 8)} ${left(ended(one, now, zone), 10)}${figures}  ${one.exitCode ?? ''}`;
  const files = Object.entries(one.refused).map(([verdict, count]) => `${count} ${verdict}`);
  const more = [
    files.length > 0 ? `      files: ${files.join(', ')}: pointferry status ${one.run}` : '',
    one.stopped ? `      stopped: ${plain(one.stopped)}` : '',
    one.dismissed ? `      given up by ${plain(one.dismissed.by)}: ${plain(one.dismissed.note)}` : '',
    one.do ? `      do: ${one.do}` : '',
    isForDismissal(one) ? `      or give it up: pointferry dismiss ${one.run} --note TEXT` : '',
    one.latest ? `      the last run: ${latestText(one.latest, now, zone)}` : '',
    one.others > 0 ? `      ${grouped(one.others)} more open: pointferry status --open` : '',
  ];
  return [first, ...more].filter(Boolean).map((text) => line(text));
}

/** Nothing resumes it by itself: an operator decides what becomes of it. */
const isForDismissal = ({ open, exitCode }: StatusLine): boolean => open && isLeftWith(exitCode);

const latestText = (one: NonNullable<StatusLine['latest']>, now: Date, zone: string): string =>
  `${one.run} ${ended(one, now, zone)}${one.exitCode === null ? '' : `, exit ${one.exitCode}`}`;

const ended = (one: Pick<StatusLine, 'status' | 'finishedAt'>, now: Date, zone: string): string =>
  one.finishedAt && one.status !== 'running' ? shortTime(one.finishedAt, zone, now) : one.status;

/** The time today, else the day and the time. */
function shortTime(at: Date, zone: string, now: Date): string {
  const shown = local(at, zone);
  const time = shown.time.slice(0, 5);
  const days = Math.abs(at.getTime() - now.getTime()) / 86_400_000;
  if (shown.date === local(now, zone).date) return time;
  return days < 6 ? `${shown.weekday} ${time}` : shown.date;
}

function sizeText(bytes: number): string {
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(0)} MB`;
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
