/** What `rerun` was asked for, from its flags; and the words for it. */

import type { RunOptions } from '../../flow/journey.ts';
import type { RehearsedRerun } from '../../flow/rehearse-rerun.ts';
import type { Asked, Taken } from '../../flow/rerun.ts';
import { grouped } from '../../ground/decimal.ts';
import { exit, PointferryError } from '../../ground/errors.ts';
import { counted } from '../../ground/words.ts';
import { choice, count, since, text, texts, type Values } from '../options.ts';

export const wrong = (message: string): PointferryError =>
  new PointferryError('CONFIG_USAGE', `rerun: ${message}`, {
    exitCode: exit.usage,
    hint: 'pointferry rerun --help',
  });

export const rerunOptions = {
  code: text('only rows with this error code', 'CODE'),
  group: count('only rows of this group of errors', { expected: 'the number of a group' }),
  stage: choice('only rows refused in this stage: stage, normalize or push', 'STAGE', [
    'stage',
    'normalize',
    'push',
  ]),
  since: since('only rows refused since then: 2h, a date or an instant'),
  from: text('edited errors.csv: only its rows, with its changes', 'FILE'),
  accept: texts('with --from: accept changes in this column', 'COLUMN'),
};

export function askedOf(
  { code, group, stage, since, from, accept }: Values<typeof rerunOptions>,
  run: string,
): Asked {
  if (from !== undefined && [group, stage, since, code].some((one) => one !== undefined))
    throw wrong('--from names the rows itself: without --code, --group, --stage and --since');
  if (from === undefined && accept.length > 0)
    throw wrong('--accept goes with --from: it names a column whose edits count');
  return {
    run,
    code: code ?? null,
    group: group ?? null,
    stage: stage ?? null,
    since: since ?? null,
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
