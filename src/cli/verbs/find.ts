import { withDatabase } from '../../app/app.ts';
import { exit } from '../../ground/errors.ts';
import { inSnapshot } from '../../report/files/write.ts';
import { findValue } from '../../report/findings/find.ts';
import { foundText } from '../../report/text/find.ts';
import { verb } from '../command.ts';
import { flag } from '../options.ts';

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
    withDatabase(context, async ({ db }) => {
      const value = context.args[0] ?? '';
      const showValues = context.flags['show-values'];
      const found = await inSnapshot(db, (client) => findValue(client, value, { showValues }));
      context.document(found);
      const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
      for (const line of foundText(found, value, timeZone)) context.say(line);
      return found.operations.length + found.rows.length > 0 ? exit.ok : exit.rows;
    }),
});
export default command;
