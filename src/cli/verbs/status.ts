import { type ExitCode, exit } from '../../ground/errors.ts';
import { resolveRun } from '../../ledger/runs.ts';
import { inSnapshot } from '../../report/files/write.ts';
import { statusOf, statusText } from '../../report/findings/status.ts';
import { findingsOf, summaryOf } from '../../report/findings/summary.ts';
import { summaryText } from '../../report/text/summary.ts';
import { type Command, yes } from '../command.ts';
import { withDatabase } from '../open.ts';

const known: readonly number[] = Object.values(exit);
const asExit = (code: number | null): ExitCode =>
  code !== null && known.includes(code) ? (code as ExitCode) : exit.ok;

const command: Command = {
  name: 'status',
  summary:
    'The worst open run of every pipeline, else its last one; or one run. Ends with the exit code of the worst line.',
  usage: '[run]',
  positionals: [0, 1],
  examples: [
    ['pointferry status', 'what to type in the morning'],
    ['pointferry status pos-transactions@last', 'the books of one run, as they stand now'],
    ['pointferry status --open', 'every run that is open: unfinished, or with rows that want a person'],
  ],
  options: { open: { type: 'boolean', help: 'every open run, not only the worst of each pipeline' } },
  run: (context) =>
    withDatabase(context, async ({ db }): Promise<ExitCode> => {
      const word = context.args[0];
      if (word === undefined) {
        const status = await inSnapshot(db, (client) => statusOf(client));
        context.document(status);
        const all = yes(context.flags, 'open');
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
};
export default command;
