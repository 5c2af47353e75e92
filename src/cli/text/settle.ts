/** What was decided about rows whose outcome was unknown. */
import type { Settled, SettleRequest } from '../../app/decisions.ts';
import { counted } from '../../ground/words.ts';
import type { Context } from '../command.ts';

export function settledText(
  { run, operations, rows }: Settled,
  request: SettleRequest,
  { actor, dryRun }: Pick<Context, 'actor' | 'dryRun'>,
): string[] {
  const becomes = request.as === 'retry' ? 'to be sent again under the same key' : request.as;
  const is = dryRun ? 'would be' : operations === 1 ? 'is' : 'are';
  return [
    ...('row' in request.rows && rows > 1 ? [`the row shares its transaction with ${rows - 1} more`] : []),
    `${counted(operations, 'transaction')} (${counted(rows, 'row')}) of ${run} ${is} ${becomes}, by ${actor}: ${request.note}`,
  ];
}
