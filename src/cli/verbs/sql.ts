import { mappingSql } from '../../app/rehearsals.ts';
import { exit } from '../../ground/exit.ts';
import { verb } from '../command.ts';
import { withApp } from '../with-app.ts';

const command = verb({
  description: 'Prints the SQL that normalize runs over the raw table of a file. It needs no database.',
  positionals: [1, 1],
  examples: [['pointferry sql pos-transactions', 'to read, or to explain in psql']],
  options: {},
  run: (context) =>
    withApp(context, async (app) => {
      const shown = await mappingSql(app, context.args[0] ?? '');
      context.document(shown);
      context.say(shown.sql);
      return exit.ok;
    }),
});
export default command;
