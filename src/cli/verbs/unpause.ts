import { acceptAddress, unpauseAccount } from '../../app/accounts.ts';
import { exit } from '../../ground/exit.ts';
import { verb } from '../command.ts';
import { flag } from '../options.ts';
import { withApp } from '../with-app.ts';

const command = verb({
  description:
    'Ends a pause of the account, also one that followed answers 401 or 403, and closes its circuit breaker. Waiting runs continue within a second. The decision is recorded.',
  positionals: [1, 1],
  examples: [
    ['pointferry unpause hang-sandbox', 'runs continue within a second'],
    [
      'pointferry unpause hang-sandbox --accept-address',
      'the platform has a new address (after CONFIG_ORIGIN_CHANGED)',
    ],
  ],
  options: {
    'accept-address': flag('accept the new address of the platform, after CONFIG_ORIGIN_CHANGED'),
  },
  run: (context) =>
    withApp(context, async (app) => {
      const { dryRun, flags } = context;
      const account = context.args[0] ?? '';
      if (!dryRun) await unpauseAccount(app, account);
      if (!dryRun && flags['accept-address']) await acceptAddress(app, account);
      context.document({ account, paused: false });
      context.say(`${account} may send again`);
      return exit.ok;
    }),
});
export default command;
