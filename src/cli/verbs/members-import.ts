import { importCrosswalk } from '../../app/members.ts';
import { verb } from '../command.ts';
import { exitOf } from '../exit.ts';
import { required, text } from '../options.ts';
import { importText } from '../text/members.ts';
import { withApp } from '../with-app.ts';

const command = verb({
  description:
    'Reads a CSV file with the columns key, member_id and optionally key_type (default id). A key that already belongs to another member is a conflict: it is listed and not changed.',
  positionals: [1, 1],
  examples: [
    [
      'pointferry members import members.csv --account hang-sandbox',
      'exit code 1 if there are conflicts or unreadable lines',
    ],
  ],
  options: {
    account: required(text('the account that the members belong to', 'ACCOUNT')),
  },
  run: (context) =>
    withApp(context, async (app) => {
      const { account } = context.flags;
      const done = await importCrosswalk(app, account, context.args[0] ?? '');
      context.document({ account, ...done });
      for (const line of importText(account, done)) context.say(line);
      return exitOf({ attention: done.conflicts.length + done.unreadable.length + done.tooLong.length > 0 });
    }),
});
export default command;
