import { withDatabase } from '../../app/app.ts';
import { exit } from '../../ground/errors.ts';
import { acceptAddress, unpauseAccount } from '../../ledger/control.ts';
import { verb } from '../command.ts';
import { flag } from '../options.ts';

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
    withDatabase(context, async ({ db }) => {
      const account = context.args[0] ?? '';
      if (!context.dryRun) await unpauseAccount(db, account, context.actor);
      if (!context.dryRun && context.flags['accept-address']) await acceptAddress(db, account, context.actor);
      context.document({ account, paused: false });
      context.say(`${account} may send again`);
      return exit.ok;
    }),
});
export default command;
