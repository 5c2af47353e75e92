import { exit } from '../../ground/errors.ts';
import { acceptAddress, unpauseAccount } from '../../ledger/control.ts';
import { type Command, yes } from '../command.ts';
import { withDatabase } from '../open.ts';

const command: Command = {
  name: 'unpause',
  summary: 'Lifts a pause of an account, also one after 401 or 403, and closes its breaker. Recorded.',
  usage: '<account>',
  positionals: [1, 1],
  examples: [['pointferry unpause hang-us', 'runs under way go on within a second']],
  options: {
    'accept-address': {
      type: 'boolean',
      help: 'the platform has another address now (after CONFIG_ORIGIN_CHANGED)',
    },
  },
  run: (context) =>
    withDatabase(context, async ({ db }) => {
      const account = context.args[0] ?? '';
      if (!context.dryRun) await unpauseAccount(db, account, context.actor);
      if (!context.dryRun && yes(context.flags, 'accept-address'))
        await acceptAddress(db, account, context.actor);
      context.document({ account, paused: false });
      context.say(`${account} may send again`);
      return exit.ok;
    }),
};
export default command;
