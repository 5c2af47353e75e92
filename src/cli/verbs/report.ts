import { previewFiles, writeFiles } from '../../app/reports.ts';
import { summaryText } from '../../report/text/summary.ts';
import { verb } from '../command.ts';
import { exitOf } from '../exit.ts';
import { flag, folder } from '../options.ts';
import { withApp } from '../with-app.ts';

const command = verb({
  description:
    'Writes summary, report and error files from what the database knows now. It works on any machine and sends nothing.',
  positionals: [1, 1],
  examples: [
    ['pointferry report pos-transactions@last', 'into the folder of the run'],
    ['pointferry report pos-transactions@last --out report', 'into another folder'],
  ],
  options: {
    out: folder('folder to write to (default: the folder of the run)'),
    'all-files': flag('also write pending.csv and skipped.csv'),
    mask: flag('mask the values; rerun --from cannot read such files'),
  },
  run: (context) =>
    withApp(context, async (app) => {
      const { out: folder, mask } = context.flags;
      const word = context.args[0] ?? '';
      if (context.dryRun) {
        const { findings, summary } = await previewFiles(app, word);
        context.document(summary);
        for (const line of summaryText(findings, { folder: folder ?? findings.run.folder, outputs: [] }))
          context.say(line);
        return exitOf({ unbalanced: !findings.books.balanced });
      }
      const request = { folder, allFiles: context.flags['all-files'], mask };
      const written = await writeFiles(app, word, request);
      context.document(written.summary);
      for (const line of written.text) context.say(line);
      return exitOf({ unbalanced: !written.findings.books.balanced });
    }),
});
export default command;
