import { exit } from '../../ground/errors.ts';
import { inSnapshot } from '../../report/files/write.ts';
import { findValue } from '../../report/findings/find.ts';
import { foundText } from '../../report/text/find.ts';
import { type Command, yes } from '../command.ts';
import { withDatabase } from '../open.ts';

const command: Command = {
  name: 'find',
  summary:
    'What became of a transaction, member, request or row: rows, operations, and what was sent, masked.',
  usage: '<value>',
  positionals: [1, 1],
  examples: [
    ['pointferry find 0009200618053', 'a transaction by its number in the file'],
    ['pointferry find 12-345', 'a row by its id in errors.csv'],
    ['pointferry find 7f31c2', 'a request id, or the beginning of an idempotency key'],
  ],
  options: { 'show-values': { type: 'boolean', help: 'show members and bodies as they are' } },
  run: (context) =>
    withDatabase(context, async ({ db }) => {
      const value = context.args[0] ?? '';
      const showValues = yes(context.flags, 'show-values');
      const found = await inSnapshot(db, (client) => findValue(client, value, { showValues }));
      context.document(found);
      const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
      for (const line of foundText(found, value, timeZone)) context.say(line);
      return found.operations.length + found.rows.length > 0 ? exit.ok : exit.rows;
    }),
};
export default command;
