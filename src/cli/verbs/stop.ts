import { withDatabase } from '../../app/app.ts';
import { exit } from '../../ground/errors.ts';
import { requestStop } from '../../ledger/control.ts';
import { resolveRun } from '../../ledger/runs.ts';
import { verb } from '../command.ts';

const command = verb({
  description:
    'Asks one running run, or all of them, to stop, on whatever machine it runs. Requests in flight are completed. The run ends with exit code 4 and can be resumed.',
  positionals: [0, 1],
  examples: [
    ['pointferry stop', 'every running run'],
    ['pointferry stop pos-transactions@last', 'one run'],
    ['pointferry stop --dry-run', 'ask nobody'],
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
});
export default command;
