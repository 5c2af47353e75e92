import { withDatabase } from '../../app/app.ts';
import { exit } from '../../ground/errors.ts';
import { pauseAccount } from '../../ledger/control.ts';
import { verb } from '../command.ts';
import { note } from '../options.ts';

const command = verb({
  description:
    'Every process on every machine stops sending to the account within a second. It lasts until pointferry unpause, and is recorded.',
  positionals: [1, 1],
  examples: [
    [
      'pointferry pause hang-sandbox --note "maintenance at the platform"',
      'runs wait until: pointferry unpause hang-sandbox',
    ],
  ],
  options: {
    note: note('why; kept with your name'),
  },
  run: (context) =>
    withDatabase(context, async ({ db }) => {
      const account = context.args[0] ?? '';
      const note = context.flags.note ?? `paused by ${context.actor}`;
      if (!context.dryRun) await pauseAccount(db, account, { actor: context.actor, until: null, note });
      context.document({ account, paused: !context.dryRun, note });
      context.say(
        `${account} ${context.dryRun ? 'would be' : 'is'} paused; go on with: pointferry unpause ${account}`,
      );
      return exit.ok;
    }),
});
export default command;
