import { resolve } from 'node:path';
import { guess } from '../../app/definitions.ts';
import { exit } from '../../ground/exit.ts';
import { verb } from '../command.ts';
import { file, required, text } from '../options.ts';
import { guessDocument, guessText } from '../text/guess.ts';
import { withApp } from '../with-app.ts';

const command = verb({
  description:
    'Reads a sample of the file and writes a pipeline that fits it. What a file cannot tell is marked TODO, and check fails until you have answered it.',
  positionals: [1, 1],
  examples: [
    [
      'pointferry guess sales.csv --operation hang.activity --out pipelines/sales.ts',
      'a pipeline for transactions',
    ],
    [
      'pointferry guess crm.csv --operation hang.member --account hang-sandbox --out pipelines/crm.ts',
      'a pipeline for members',
    ],
  ],
  options: {
    operation: required(text('what the rows become, such as hang.activity', 'KIND')),
    out: required(file('the file to write; an existing file is not changed')),
    account: text('the account to send to', 'ACCOUNT'),
  },
  run: (context) =>
    withApp(context, async (app) => {
      const { operation, out: file, account = null } = context.flags;
      const sample = resolve(context.args[0] ?? '');
      const guessed = await guess(app, { sample, operation, account, file, dryRun: context.dryRun });
      for (const line of guessText(guessed, file)) context.say(line);
      context.document(guessDocument(guessed, file));
      return exit.ok;
    }),
});
export default command;
