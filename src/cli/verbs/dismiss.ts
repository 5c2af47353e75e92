import { dismissRun } from '../../app/decisions.ts';
import { exit } from '../../ground/exit.ts';
import { verb } from '../command.ts';
import { count, note, required } from '../options.ts';
import { withApp } from '../with-app.ts';

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
    withApp(context, async (app) => {
      const { dryRun, actor } = context;
      const { note, group = null } = context.flags;
      const { run, status, exitCode, reopen } = await dismissRun(app, context.args[0] ?? '', {
        group,
        note,
        dryRun,
      });
      context.document({ run, group, note, by: actor, status, exitCode, dryRun });
      const what = group === null ? run : `group ${group} of ${run}`;
      context.say(`${what} ${dryRun ? 'would be' : 'is'} given up by ${actor}: ${note}`);
      context.say(`  its rows stay where they are; what takes them up again: ${reopen}`);
      return exit.ok;
    }),
});
export default command;
