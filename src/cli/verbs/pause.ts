import { pauseAccount } from '../../app/accounts.ts';
import { exit } from '../../ground/exit.ts';
import { verb } from '../command.ts';
import { note } from '../options.ts';
import { withApp } from '../with-app.ts';

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
    withApp(context, async (app) => {
      const { actor, dryRun } = context;
      const account = context.args[0] ?? '';
      const { note = `paused by ${actor}` } = context.flags;
      if (!dryRun) await pauseAccount(app, account, note);
      context.document({ account, paused: !dryRun, note });
      const is = dryRun ? 'would be' : 'is';
      context.say(`${account} ${is} paused; end the pause with: pointferry unpause ${account}`);
      return exit.ok;
    }),
});
export default command;
