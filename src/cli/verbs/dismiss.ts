import { withDatabase } from '../../app/app.ts';
import { rewrite } from '../../flow/touched.ts';
import { exit } from '../../ground/errors.ts';
import { dismiss, requireOpen } from '../../ledger/dismiss.ts';
import { sayWaiting } from '../../ledger/owner.ts';
import { loadRun, type RunRecord, resolveRun } from '../../ledger/runs.ts';
import { verb } from '../command.ts';
import { count, note, required } from '../options.ts';

function upAgain({ id, stage, status }: RunRecord): string {
  if (stage === 'done') return `pointferry rerun ${id}`;
  return `pointferry resume ${id}${status === 'stopped' ? ' --accept-threshold' : ''}`;
}

const command = verb({
  description:
    'A dismissed run or group no longer counts in status and in exit codes. Its rows stay as they are, and resume or rerun can still process them. The decision is recorded with your name and note.',
  positionals: [1, 1],
  examples: [
    [
      'pointferry dismiss pos-transactions@last --note "the partner sent the day again"',
      'close the whole run',
    ],
    ['pointferry dismiss pos-transactions@last --group 3 --note "test cards"', 'close one group of errors'],
    ['pointferry dismiss pos-transactions@last --note "test" --dry-run', 'change nothing'],
  ],
  options: {
    group: count('dismiss only the rows that are in this group of errors now', {
      expected: 'the number of a group',
    }),
    note: required(note('why; kept with your name'), ': say why it is dismissed; it is kept with your name'),
  },
  run: (context) =>
    withDatabase(context, async ({ db }) => {
      const { note } = context.flags;
      const group = context.flags.group ?? null;
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
});
export default command;
