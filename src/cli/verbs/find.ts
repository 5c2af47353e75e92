import { find } from '../../app/reports.ts';
import { foundText } from '../../report/text/find.ts';
import { verb } from '../command.ts';
import { exitOf } from '../exit.ts';
import { flag } from '../options.ts';
import { withApp } from '../with-app.ts';

const command = verb({
  description:
    'Searches all runs for a transaction, a member key, a row id, a request id or an idempotency key. Prints its rows, its operations, and the requests and answers, masked.',
  positionals: [1, 1],
  examples: [
    ['pointferry find 0009200618053', 'a transaction by its number in the file'],
    ['pointferry find 12-345', 'a row by its id in errors.csv'],
    ['pointferry find 7f31c2', 'a request id, or the first characters of an idempotency key'],
  ],
  options: {
    'show-values': flag('print members and bodies without masking'),
  },
  run: (context) =>
    withApp(context, async (app) => {
      const value = context.args[0] ?? '';
      const found = await find(app, value, { showValues: context.flags['show-values'] });
      context.document(found);
      const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
      for (const line of foundText(found, value, timeZone)) context.say(line);
      return exitOf({ attention: found.operations.length + found.rows.length === 0 });
    }),
});
export default command;
