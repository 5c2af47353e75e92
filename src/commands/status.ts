import { type ExitCode, exit } from '../errors.ts';
import { statusOf, statusText } from '../report/status.ts';
import { findingsOf, summaryOf } from '../report/summary.ts';
import { summaryText } from '../report/summary-text.ts';
import { inSnapshot } from '../report/write.ts';
import { resolveRun } from '../run/ledger.ts';
import type { Command } from './command.ts';
import { withDatabase } from './open.ts';

const known: readonly number[] = Object.values(exit);
const asExit = (code: number | null): ExitCode =>
  code !== null && known.includes(code) ? (code as ExitCode) : exit.ok;

const command: Command = {
  name: 'status',
  summary: 'The last run of every pipeline, or one run. Ends with the exit code of the worst line.',
  usage: '[run]',
  positionals: [0, 1],
  examples: [
    ['pointferry status', 'what to type in the morning'],
    ['pointferry status pos-transactions@last', 'the books of one run, as they stand now'],
  ],
  options: {},
  run: (context) =>
    withDatabase(context, async ({ db }): Promise<ExitCode> => {
      const word = context.args[0];
      if (word === undefined) {
        const status = await inSnapshot(db, (client) => statusOf(client));
        context.document(status);
        for (const line of statusText(status)) context.say(line);
        return status.exitCode;
      }
      const id = await resolveRun(db, word);
      const findings = await inSnapshot(db, (client) => findingsOf(client, id));
      context.document(summaryOf(findings));
      for (const line of summaryText(findings, { folder: findings.run.folder, outputs: [] }))
        context.say(line);
      return findings.books.balanced ? asExit(findings.run.exitCode) : exit.bug;
    }),
};
export default command;
