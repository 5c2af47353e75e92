import { exit } from '../../ground/errors.ts';
import { pauseAccount } from '../../ledger/control.ts';
import { type Command, text } from '../command.ts';
import { withDatabase } from '../open.ts';

const command: Command = {
  name: 'pause',
  summary: 'Stops all sending to an account, in every process on every machine, within a second. Recorded.',
  usage: '<account>',
  positionals: [1, 1],
  examples: [['pointferry pause hang-us --note "they asked us to"', 'until: pointferry unpause hang-us']],
  options: { note: { type: 'string', value: 'TEXT', help: 'why' } },
  run: (context) =>
    withDatabase(context, async ({ db }) => {
      const account = context.args[0] ?? '';
      const note = text(context.flags, 'note') ?? `paused by ${context.actor}`;
      if (!context.dryRun) await pauseAccount(db, account, { actor: context.actor, until: null, note });
      context.document({ account, paused: !context.dryRun, note });
      context.say(
        `${account} ${context.dryRun ? 'would be' : 'is'} paused; go on with: pointferry unpause ${account}`,
      );
      return exit.ok;
    }),
};
export default command;
