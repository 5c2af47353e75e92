import { withDatabase } from '../../app/app.ts';
import { type ExitCode, exit } from '../../ground/errors.ts';
import { resolveRun } from '../../ledger/runs.ts';
import { inSnapshot } from '../../report/files/write.ts';
import { statusOf, statusText } from '../../report/findings/status.ts';
import { findingsOf, summaryOf } from '../../report/findings/summary.ts';
import { summaryText } from '../../report/text/summary.ts';
import { verb } from '../command.ts';
import { flag } from '../options.ts';

const known: readonly number[] = Object.values(exit);
const asExit = (code: number | null): ExitCode =>
  code !== null && known.includes(code) ? (code as ExitCode) : exit.ok;

const command = verb({
  description:
    'Shows the worst open run of each pipeline, or its last run when none is open, and what to type next. With a run it prints the books of that run. The exit code is that of the worst line.',
  positionals: [0, 1],
  examples: [
    ['pointferry status', 'every pipeline, for the morning'],
    ['pointferry status --open', 'every run that is unfinished or has rows that need attention'],
    ['pointferry status pos-transactions@last', 'the books of one run as they are now'],
  ],
  options: {
    open: flag('every open run, not only the worst of each pipeline'),
  },
  run: (context) =>
    withDatabase(context, async ({ db }): Promise<ExitCode> => {
      const word = context.args[0];
      if (word === undefined) {
        const status = await inSnapshot(db, (client) => statusOf(client));
        context.document(status);
        const all = context.flags.open;
        for (const line of statusText(status, { all })) context.say(line);
        return status.exitCode;
      }
      const id = await resolveRun(db, word);
      const findings = await inSnapshot(db, (client) => findingsOf(client, id));
      context.document(summaryOf(findings));
      for (const line of summaryText(findings, { folder: findings.run.folder, outputs: [] }))
        context.say(line);
      // an unfinished run that a person has given up, whatever it ended with; a finished one's code says what is left
      if (findings.run.dismissed && findings.run.stage !== 'done') return exit.ok;
      return findings.books.balanced ? asExit(findings.run.exitCode) : exit.bug;
    }),
});
export default command;
