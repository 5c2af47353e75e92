import { resolve } from 'node:path';
import { writeFilesOf } from '../../flow/touched.ts';
import { exit } from '../../ground/errors.ts';
import { loadRun, resolveRun } from '../../ledger/runs.ts';
import { findingsIn, inSnapshot, writeRunFiles } from '../../report/files/write.ts';
import { filesOf, goneCells } from '../../report/files.ts';
import { summaryOf } from '../../report/findings/summary.ts';
import { summaryText } from '../../report/text/summary.ts';
import { type Command, text, yes } from '../command.ts';
import { withDatabase } from '../open.ts';

const command: Command = {
  name: 'report',
  summary: 'Makes all files of a run anew from Postgres, from any machine. Sends nothing.',
  usage: '<run>',
  positionals: [1, 1],
  examples: [
    ['pointferry report r7k2m', 'into the folder of the run'],
    ['pointferry report pos-transactions@last --out /tmp/r', 'somewhere else'],
  ],
  options: {
    out: { type: 'string', value: 'DIR', help: 'the folder to write into (default: that of the run)' },
    'all-files': { type: 'boolean', help: 'pending.csv and skipped.csv too' },
    mask: { type: 'boolean', help: 'mask the cells; such files cannot be read back' },
  },
  run: (context) =>
    withDatabase(context, async ({ db }) => {
      const run = await loadRun(db, await resolveRun(db, context.args[0] ?? ''));
      const files = await inSnapshot(db, (client) => filesOf(client, run.id));
      for (const words of goneCells(files)) context.log('warn', words, { run: run.id });
      const out = text(context.flags, 'out');
      const folder = out === undefined ? run.folder : resolve(out);
      if (context.dryRun) {
        const findings = await findingsIn(db, run.id);
        context.document(summaryOf(findings));
        for (const line of summaryText(findings, { folder, outputs: [] })) context.say(line);
        return findings.books.balanced ? exit.ok : exit.bug;
      }
      const mask = yes(context.flags, 'mask');
      const options = { allFiles: yes(context.flags, 'all-files'), mask };
      const written =
        out === undefined
          ? await writeFilesOf({ ...context, db }, run, options)
          : await writeRunFiles(db, run.id, folder, options);
      context.document(written.summary);
      for (const line of written.text) context.say(line);
      return written.findings.books.balanced ? exit.ok : exit.bug;
    }),
};
export default command;
