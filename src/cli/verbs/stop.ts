import { stopRuns } from '../../app/runs.ts';
import { exit } from '../../ground/exit.ts';
import { verb } from '../command.ts';
import { withApp } from '../with-app.ts';

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
    withApp(context, async (app) => {
      const asked = await stopRuns(app, context.args[0] ?? null, { dryRun: context.dryRun });
      context.document({ asked });
      if (asked.length === 0) context.say('nothing is running');
      for (const { id, pipeline } of asked)
        context.say(`asked ${id} (${pipeline}) to stop; resume it with: pointferry resume ${id}`);
      return exit.ok;
    }),
});
export default command;
