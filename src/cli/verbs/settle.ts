import { withDatabase } from '../../app/app.ts';
import { run as query, runMaybe } from '../../db/sql.ts';
import { inTransaction, reading } from '../../db/transaction.ts';
import { loadKinds } from '../../destinations/index.ts';
import { rewrite, runsOfOperations } from '../../flow/touched.ts';
import { exit, PointferryError } from '../../ground/errors.ts';
import { counted } from '../../ground/words.ts';
import { noteDecision, resolveRun } from '../../ledger/runs.ts';
import { type DecidedAs, decideUnknown, type Unsettled } from '../../push/work/unknown.ts';
import { verb } from '../command.ts';
import { choice, count, note, required, rowId } from '../options.ts';

interface Said {
  readonly as: DecidedAs;
  readonly note: string;
  readonly row: { readonly file: number; readonly record: number } | null;
  readonly group: number | null;
}

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
    withDatabase(context, async ({ db }) => {
      const said: Said = {
        ...context.flags,
        row: context.flags.row ?? null,
        group: context.flags.group ?? null,
      };
      if ((said.row === null) === (said.group === null))
        throw new PointferryError('CONFIG_USAGE', 'settle: expected --row R or --group N', {
          hint: 'pointferry settle --help',
        });
      const run = await resolveRun(db, context.args[0] ?? '');
      const kinds = await loadKinds();
      const { as, note } = said;
      const by = context.actor;
      const asked = await reading(db, (client) => askedOf(client, run, said));
      const decided = await inTransaction(
        db,
        async (client) => {
          const done = await decideUnknown(client, asked, { as, by, kinds, look: context.dryRun });
          if (done.operations.length === 0 || context.dryRun) return done;
          const { operations, account, rows } = done;
          if (as === 'retry') await query(client, 'ledger/reopen-runs', { ids: done.runs });
          const detail = { as, operations, rows };
          await noteDecision(client, { actor: by, verb: 'settle', run, account, note, detail });
          return done;
        },
        { lostCommit: 'settle' },
      );
      const { operations, rows } = decided;
      if (operations.length === 0) throw nothingUnknown(run, said);
      const touched = await runsOfOperations(db, operations);
      if (!context.dryRun) await rewrite({ ...context, db }, touched);
      const next = as === 'retry' ? decided.runs.map((id) => `pointferry resume ${id}`) : [];
      const runs = touched.map(({ id }) => id);
      context.document({ run, as, operations: operations.length, rows, runs, dryRun: context.dryRun, next });
      for (const line of lines(said, { ...decided, run, by, dryRun: context.dryRun })) context.say(line);
      for (const line of context.dryRun ? [] : next) context.say(`  next    ${line}`);
      return exit.ok;
    }),
});
export default command;

/** Throws CONFIG_USAGE for a group that is not there. */
async function askedOf(
  client: Parameters<typeof query>[0],
  run: string,
  { row, group }: Said,
): Promise<Unsettled> {
  if (row) return { run, ...row };
  const known = await runMaybe<{ code: string; field: string; platformCode: string }>(
    client,
    'ledger/error-group',
    { run, number: group },
  );
  if (known) return { run, ...known };
  throw new PointferryError('CONFIG_USAGE', `run ${run} has no group ${group}`, {
    hint: `pointferry errors ${run} --group`,
  });
}

const nothingUnknown = (run: string, { row, group }: Said): PointferryError =>
  new PointferryError(
    'CONFIG_USAGE',
    row
      ? `row ${row.file}-${row.record} of ${run} is not there, or its outcome is not unknown`
      : `no row of group ${group} of ${run} has an unknown outcome`,
    { hint: `pointferry errors ${run} --unknown` },
  );

function lines(
  { as, row, note }: Said,
  done: { operations: readonly number[]; rows: number; run: string; by: string; dryRun: boolean },
): string[] {
  const { length } = done.operations;
  const what = `${counted(length, 'transaction')} (${counted(done.rows, 'row')})`;
  const becomes = as === 'retry' ? 'to be sent again under the same key' : as;
  const whole = row && done.rows > 1 ? [`the row shares its transaction with ${done.rows - 1} more`] : [];
  return [
    ...whole,
    `${what} of ${done.run} ${done.dryRun ? 'would be' : done.operations.length === 1 ? 'is' : 'are'} ${becomes}, by ${done.by}: ${note}`,
  ];
}
