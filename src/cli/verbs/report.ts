import { resolve } from 'node:path';
import { withDatabase } from '../../app/app.ts';
import { writeFilesOf } from '../../flow/touched.ts';
import { exit } from '../../ground/errors.ts';
import { filesOf, goneCells } from '../../ledger/file.ts';
import { loadRun, resolveRun } from '../../ledger/runs.ts';
import { findingsIn, inSnapshot, writeRunFiles } from '../../report/files/write.ts';
import { summaryOf } from '../../report/findings/summary.ts';
import { summaryText } from '../../report/text/summary.ts';
import { verb } from '../command.ts';
import { flag, folder } from '../options.ts';

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
    withDatabase(context, async ({ db }) => {
      const run = await loadRun(db, await resolveRun(db, context.args[0] ?? ''));
      const files = await inSnapshot(db, (client) => filesOf(client, run.id));
      for (const words of goneCells(files)) context.log('warn', words, { run: run.id });
      const out = context.flags.out;
      const folder = out === undefined ? run.folder : resolve(out);
      if (context.dryRun) {
        const findings = await findingsIn(db, run.id);
        context.document(summaryOf(findings));
        for (const line of summaryText(findings, { folder, outputs: [] })) context.say(line);
        return findings.books.balanced ? exit.ok : exit.bug;
      }
      const mask = context.flags.mask;
      const options = { allFiles: context.flags['all-files'], mask };
      const written =
        out === undefined
          ? await writeFilesOf({ ...context, db }, run, options)
          : await writeRunFiles(db, run.id, folder, options);
      context.document(written.summary);
      for (const line of written.text) context.say(line);
      return written.findings.books.balanced ? exit.ok : exit.bug;
    }),
});
export default command;
