import { type SettleRequest, settleUnknown } from '../../app/decisions.ts';
import { PointferryError } from '../../ground/errors.ts';
import { exit } from '../../ground/exit.ts';
import { verb } from '../command.ts';
import { choice, count, note, required, rowId } from '../options.ts';
import { settledText } from '../text/settle.ts';
import { withApp } from '../with-app.ts';

const command = verb({
  description:
    'Some requests get no answer, so nobody knows whether the platform applied them. When you have looked there, record the outcome here. The decision is kept with your name and note.',
  positionals: [1, 1],
  examples: [
    [
      'pointferry settle pos-transactions@last --row 12-345 --as delivered --note "seen in the console"',
      'the platform has it: done',
    ],
    [
      'pointferry settle pos-transactions@last --group 1 --as failed --note "not in the console"',
      'the platform does not have it: rerun may send it',
    ],
    [
      'pointferry settle pos-transactions@last --group 1 --as retry --note "support says: repeat"',
      'send the same request again with the same key',
    ],
  ],
  options: {
    row: rowId('row id as in errors.csv; includes the whole transaction'),
    group: count('all unknown rows of a group of errors', { expected: 'the number of a group' }),
    as: required(
      choice('the outcome: delivered, failed or retry', 'OUTCOME', ['delivered', 'failed', 'retry']),
      ': expected delivered, failed or retry',
    ),
    note: required(
      note('how you know; kept with your name'),
      ': say how you know; it is kept with your name',
    ),
  },
  run: (context) =>
    withApp(context, async (app) => {
      const { as, note } = context.flags;
      const { dryRun } = context;
      const request = { rows: rowsOf(context.flags), as, note, dryRun };
      const settled = await settleUnknown(app, context.args[0] ?? '', request);
      const { run, operations, rows, runs, reopened } = settled;
      const next = reopened.map((id) => `pointferry resume ${id}`);
      context.document({ run, as, operations, rows, runs, dryRun, next });
      for (const line of settledText(settled, request, context)) context.say(line);
      for (const line of dryRun ? [] : next) context.say(`  next    ${line}`);
      return exit.ok;
    }),
});
export default command;

function rowsOf({
  row,
  group,
}: {
  readonly row: { readonly file: number; readonly record: number } | undefined;
  readonly group: number | undefined;
}): SettleRequest['rows'] {
  if (row !== undefined && group === undefined) return { row };
  if (group !== undefined && row === undefined) return { group };
  throw new PointferryError('CONFIG_USAGE', 'settle: expected --row R or --group N', {
    hint: 'pointferry settle --help',
  });
}
