import { rewrite } from '../../flow/touched.ts';
import { exit, PointferryError } from '../../ground/errors.ts';
import { dismiss, requireOpen } from '../../ledger/dismiss.ts';
import { sayWaiting } from '../../ledger/owner.ts';
import { loadRun, type RunRecord, resolveRun } from '../../ledger/runs.ts';
import { type Command, type Context, text } from '../command.ts';
import { withDatabase } from '../open.ts';

function saidOf({ flags }: Context): { group: number | null; note: string } {
  const wrong = (message: string): PointferryError =>
    new PointferryError('CONFIG_USAGE', `dismiss: ${message}`, { hint: 'pointferry dismiss --help' });
  const note = text(flags, 'note')?.trim() ?? '';
  const group = text(flags, 'group');
  if (note === '') throw wrong('--note: say why nobody goes on with it; it is kept with your name');
  if (group !== undefined && !/^[1-9]\d{0,8}$/.test(group))
    throw wrong('--group: expected the number of a group');
  return { group: group === undefined ? null : Number(group), note };
}

function upAgain({ id, stage, status }: RunRecord): string {
  if (stage === 'done') return `pointferry rerun ${id}`;
  return `pointferry resume ${id}${status === 'stopped' ? ' --accept-threshold' : ''}`;
}

const command: Command = {
  name: 'dismiss',
  summary:
    'Gives up an open run, or one group of its errors: it counts no more in status and exit codes. Recorded with name and note.',
  usage: '<run>',
  positionals: [1, 1],
  examples: [
    [
      'pointferry dismiss r7k2m --note "the partner sent the day again"',
      'nobody goes on with it; resume r7k2m still can',
    ],
    ['pointferry dismiss r7k2m --group 3 --note "test cards"', 'these rows only; rerun can still take them'],
  ],
  options: {
    group: { type: 'string', value: 'N', help: 'only the rows that stand in this group of errors now' },
    note: { type: 'string', value: 'TEXT', help: 'why; kept' },
  },
  run: (context) =>
    withDatabase(context, async ({ db }) => {
      const { group, note } = saidOf(context);
      const id = await resolveRun(db, context.args[0] ?? '');
      const { dryRun, actor } = context;
      if (dryRun) await requireOpen(db, { run: id, group });
      else {
        const { folder } = await loadRun(db, id);
        await dismiss(db, { run: id, group, actor, note }, sayWaiting(context.log));
        await rewrite({ ...context, db }, [{ id, folder }]);
      }
      const after = await loadRun(db, id);
      const { status, exitCode } = after;
      context.document({ run: id, group, note, by: actor, status, exitCode, dryRun });
      const what = group === null ? id : `group ${group} of ${id}`;
      context.say(`${what} ${dryRun ? 'would be' : 'is'} given up by ${actor}: ${note}`);
      context.say(`  its rows stay where they are; what takes them up again: ${upAgain(after)}`);
      return exit.ok;
    }),
};
export default command;
