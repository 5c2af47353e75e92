/** What `rerun` was asked for, from its flags; and the words for it. */

import type { RunOptions } from '../flow/journey.ts';
import type { RehearsedRerun } from '../flow/rehearse-rerun.ts';
import type { Asked, Taken } from '../flow/rerun.ts';
import { grouped } from '../ground/decimal.ts';
import { isDuration, milliseconds } from '../ground/duration.ts';
import { exit, PointferryError } from '../ground/errors.ts';
import { counted } from '../ground/words.ts';
import { type Context, text, texts } from './command.ts';

const stages = ['stage', 'normalize', 'push'] as const;

export const wrong = (message: string): PointferryError =>
  new PointferryError('CONFIG_USAGE', `rerun: ${message}`, {
    exitCode: exit.usage,
    hint: 'pointferry rerun --help',
  });

/** An instant from a date, an instant, or how long ago: `2h`. */
function sinceOf(word: string): string {
  if (isDuration(word)) return new Date(Date.now() - milliseconds(word)).toISOString();
  const at = /^\d{4}-\d{2}-\d{2}(T[\d:.]+Z?)?$/.test(word) ? new Date(word) : null;
  if (at === null || Number.isNaN(at.getTime()))
    throw wrong('--since: expected how long ago (2h), a date or an instant (2026-05-12T03:00:00Z)');
  return at.toISOString();
}

export function askedOf({ flags }: Context, run: string): Asked {
  const group = text(flags, 'group');
  if (group !== undefined && !/^[1-9]\d{0,8}$/.test(group))
    throw wrong('--group: expected the number of a group');
  const said = text(flags, 'stage');
  const stage = stages.find((one) => one === said) ?? null;
  if (said !== undefined && stage === null) throw wrong(`--stage: expected ${stages.join(', ')}`);
  const since = text(flags, 'since');
  const code = text(flags, 'code');
  const from = text(flags, 'from');
  if (from !== undefined && [group, said, since, code].some((one) => one !== undefined))
    throw wrong('--from names the rows itself: without --code, --group, --stage and --since');
  if (from === undefined && texts(flags, 'accept').length > 0)
    throw wrong('--accept goes with --from: it names a column whose edits count');
  return {
    run,
    code: code ?? null,
    group: group === undefined ? null : Number(group),
    stage,
    since: since === undefined ? null : sinceOf(since),
    only: null,
  };
}

/** Kept with the run, for people. */
export const told = (
  { run, code, group, stage, since }: Asked,
  from: string | undefined,
): NonNullable<RunOptions['rerun']> => ({
  run,
  ...(code === null ? {} : { code }),
  ...(group === null ? {} : { group }),
  ...(stage === null ? {} : { stage }),
  ...(since === null ? {} : { since }),
  ...(from === undefined ? {} : { from }),
});

export const takenText = ({ asked, widened, of }: Taken): string =>
  `${counted(asked, 'row')} of ${of.join(', ')}${widened > 0 ? `, and ${widened} more of the same transactions` : ''}`;

/** `would send 119 transactions, 7,204.15 + 14 rows now readable (311.40)` */
export function forecastText({ taken, buckets }: RehearsedRerun): string[] {
  const of = (bucket: string) => buckets.find((one) => one.bucket === bucket);
  const send = of('send');
  const amount = send && send.amount !== '0' ? `, ${grouped(send.amount)}` : '';
  const readable =
    send && send.readable > 0
      ? ` + ${counted(send.readable, 'row')} now readable (${grouped(send.readableAmount)})`
      : '';
  const rest = (['rejected', 'duplicate', 'filtered', 'parked'] as const).flatMap((bucket) => {
    const one = of(bucket);
    return one ? [`${counted(one.rows, 'row')} ${bucket}`] : [];
  });
  return [
    takenText(taken),
    `  would send ${counted(send?.operations ?? 0, 'transaction')}${amount}${readable}`,
    ...(rest.length > 0 ? [`  the rest: ${rest.join(', ')}`] : []),
  ];
}
