/** What a rerun takes and would do, for people. */
import type { RerunPreview } from '../../app/reruns.ts';
import type { RunEvent } from '../../app/watch.ts';
import { grouped } from '../../ground/decimal.ts';
import { counted } from '../../ground/words.ts';

type Selected = Extract<RunEvent, { type: 'selected' }>['selected'];

export const nothingText = (run: string): string =>
  `nothing of ${run} is to be sent again: no row that fits is rejected or failed`;

export const selectedText = ({ asked, widened, of }: Selected): string =>
  `${counted(asked, 'row')} of ${of.join(', ')}${widened > 0 ? `, and ${widened} more of the same transactions` : ''}`;

/** `would send 119 transactions, 7,204.15 + 14 rows now readable (311.40)` */
export function forecastText({ taken, buckets }: NonNullable<RerunPreview['seen']>): string[] {
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
    selectedText(taken),
    `  would send ${counted(send?.operations ?? 0, 'transaction')}${amount}${readable}`,
    ...(rest.length > 0 ? [`  the rest: ${rest.join(', ')}`] : []),
  ];
}
