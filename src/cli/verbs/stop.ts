import { exit } from '../../ground/errors.ts';
import { requestStop } from '../../ledger/control.ts';
import { resolveRun } from '../../ledger/runs.ts';
import type { Command } from '../command.ts';
import { withDatabase } from '../open.ts';

const command: Command = {
  name: 'stop',
  summary:
    'Asks a live run (or all) to stop cleanly, on whatever machine it is: in-flight requests finish. Recorded.',
  usage: '[run]',
  positionals: [0, 1],
  examples: [
    ['pointferry stop r7k2m', 'it ends with exit code 4; pointferry resume goes on'],
    ['pointferry stop', 'every live run'],
  ],
  options: {},
  run: (context) =>
    withDatabase(context, async ({ db }) => {
      const id = context.args[0] === undefined ? null : await resolveRun(db, context.args[0]);
      const asked = context.dryRun ? [] : await requestStop(db, id, context.actor);
      context.document({ asked });
      if (asked.length === 0) context.say('nothing is running');
      for (const run of asked)
        context.say(`asked ${run.id} (${run.pipeline}) to stop; go on with: pointferry resume ${run.id}`);
      return exit.ok;
    }),
};
export default command;
