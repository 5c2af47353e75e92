import { run as query, runMaybe } from '../../db/sql.ts';
import { inTransaction, reading } from '../../db/transaction.ts';
import { loadKinds } from '../../destinations/index.ts';
import { rewrite, runsOfOperations } from '../../flow/touched.ts';
import { exit, PointferryError } from '../../ground/errors.ts';
import { counted } from '../../ground/words.ts';
import { noteDecision, resolveRun } from '../../ledger/runs.ts';
import { type DecidedAs, decideUnknown, type Unsettled } from '../../push/work/unknown.ts';
import { type Command, type Context, text } from '../command.ts';
import { withDatabase } from '../open.ts';

const ways: readonly DecidedAs[] = ['delivered', 'failed', 'retry'];

interface Said {
  readonly as: DecidedAs;
  readonly note: string;
  readonly row: { readonly file: number; readonly record: number } | null;
  readonly group: number | null;
}

function saidOf({ flags }: Context): Said {
  const wrong = (message: string): PointferryError =>
    new PointferryError('CONFIG_USAGE', `settle: ${message}`, { hint: 'pointferry settle --help' });
  const as = ways.find((way) => way === text(flags, 'as'));
  const note = text(flags, 'note')?.trim() ?? '';
  const row = text(flags, 'row');
  const group = text(flags, 'group');
  if (!as) throw wrong('--as: expected delivered, failed or retry');
  if (note === '') throw wrong('--note: say how you know; it is kept with your name');
  if ((row === undefined) === (group === undefined)) throw wrong('expected --row R or --group N');
  const place = /^(\d{1,15})-(\d{1,15})$/.exec(row ?? '');
  if (row !== undefined && !place)
    throw wrong('--row: expected a row id such as 12-345, as errors.csv has it');
  if (group !== undefined && !/^[1-9]\d{0,8}$/.test(group))
    throw wrong('--group: expected the number of a group');
  return {
    as,
    note,
    row: place && { file: Number(place[1]), record: Number(place[2]) },
    group: group === undefined ? null : Number(group),
  };
}

const command: Command = {
  name: 'settle',
  summary:
    'A person says what became of rows that were sent and never answered. Recorded with name and note.',
  usage: '<run>',
  positionals: [1, 1],
  examples: [
    [
      'pointferry settle r7k2m --row 12-345 --as delivered --note "seen in their console"',
      'it is there: done',
    ],
    [
      'pointferry settle r7k2m --group 7 --as failed --note "not there"',
      'it is not: rerun may send it again',
    ],
    [
      'pointferry settle r7k2m --group 7 --as retry --note "they say: send again"',
      'the same request under the same key',
    ],
  ],
  options: {
    row: { type: 'string', value: 'R', help: 'a row id, as errors.csv has it; its whole transaction' },
    group: { type: 'string', value: 'N', help: 'all unknown rows of a group of errors' },
    as: { type: 'string', value: 'WAY', help: 'delivered, failed or retry' },
    note: { type: 'string', value: 'TEXT', help: 'how you know; kept' },
  },
  run: (context) =>
    withDatabase(context, async ({ db }) => {
      const said = saidOf(context);
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
};
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
