import { planRun } from '../../app/rehearsals.ts';
import { verb } from '../command.ts';
import { exitOf } from '../exit.ts';
import { files } from '../options.ts';
import { planDocument, planText } from '../text/plan.ts';
import { withApp } from '../with-app.ts';

const command = verb({
  description:
    'Reads and checks the files as a run does and sends nothing. Prints the rows per outcome, the number of calls, the limit that decides the pace, and when the run would end.',
  positionals: [1, 1],
  examples: [
    ['pointferry plan pos-transactions', 'exit code 1 if the run would miss its deadline'],
    ['pointferry plan legacy-balances --file balances.csv', 'plan for a local file'],
  ],
  options: {
    file: files('local file instead of the source'),
  },
  run: (context) =>
    withApp(context, async (app) => {
      const request = { files: context.flags.file };
      const plan = await planRun(app, context.args[0] ?? '', request, context.signal);
      context.document(planDocument(plan));
      for (const line of planText(plan)) context.say(line);
      return exitOf({ refused: plan.refused, attention: !plan.fits });
    }),
});
export default command;
