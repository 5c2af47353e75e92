import { relative } from 'node:path';
import { check } from '../../app/definitions.ts';
import { verb } from '../command.ts';
import { exitOf } from '../exit.ts';
import { flag } from '../options.ts';
import { withApp } from '../with-app.ts';

const command = verb({
  description:
    'Reads every pipeline and account file and lists all mistakes at once. It needs no database, and no network unless --online is given. With a name it lists the mistakes of that pipeline and its account only.',
  positionals: [0, 1],
  examples: [
    ['pointferry check', 'all pipelines and accounts; exit code 78 if anything is wrong'],
    ['pointferry check pos-transactions', 'one pipeline and its account'],
    [
      'pointferry check pos-transactions --online',
      'also what the account and the source need: variables, an address that answers',
    ],
  ],
  options: {
    online: flag('also check the variables and addresses of accounts and sources'),
  },
  run: (context) =>
    withApp(context, async (app) => {
      const request = { pipeline: context.args[0] ?? null, online: context.flags.online };
      const { problems, good } = await check(app, request);
      context.document({ problems, good });
      for (const { file, path, reason } of problems)
        context.say(`${relative(app.pipelines, file) || file}${path ? `  ${path}` : ''}\n    ${reason}`);
      context.say(problems.length === 0 ? `${good} files, no problem` : `${problems.length} problems`);
      return exitOf({ invalid: problems.length > 0 });
    }),
});
export default command;
