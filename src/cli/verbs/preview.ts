import { previewRows } from '../../app/rehearsals.ts';
import { verb } from '../command.ts';
import { exitOf } from '../exit.ts';
import { count, files } from '../options.ts';
import { previewText } from '../text/preview.ts';
import { withApp } from '../with-app.ts';

const command = verb({
  description:
    'Shows the cells, the typed values and the request of the first rows, made by the same code as in a run. Values are not masked. It sends nothing and records nothing.',
  positionals: [1, 1],
  examples: [
    ['pointferry preview pos-transactions', 'the first rows of the first file'],
    [
      'pointferry preview pos-transactions --file transactions_20260512.txt --row 2',
      'one record and its group',
    ],
  ],
  options: {
    file: files('local file instead of the source'),
    row: count('first record to show, from 1', { expected: 'a number from 1' }),
    limit: count('number of records (default 3, or 1 with --row)', { expected: 'a number from 1' }),
  },
  run: (context) =>
    withApp(context, async (app) => {
      const { file: files, row, limit } = context.flags;
      const shown = await previewRows(app, context.args[0] ?? '', { files, row, limit }, context.signal);
      context.document(shown);
      for (const line of previewText(shown)) context.say(line);
      return exitOf({ attention: shown.notTaken.length > 0 && shown.rows.length === 0 });
    }),
});
export default command;
