import type { App } from '../../app/app.ts';
import { status, summary } from '../../app/reports.ts';
import type { ExitCode } from '../../ground/exit.ts';
import { statusText } from '../../report/text/status.ts';
import { summaryText } from '../../report/text/summary.ts';
import { type Context, verb } from '../command.ts';
import { exitOf } from '../exit.ts';
import { flag } from '../options.ts';
import { withApp } from '../with-app.ts';

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
    withApp(context, async (app): Promise<ExitCode> => {
      const word = context.args[0];
      if (word !== undefined) return showRun(app, context, word);
      const all = await status(app);
      context.document(all);
      for (const line of statusText(all, { all: context.flags.open })) context.say(line);
      return exitOf({ runs: [all] });
    }),
});
export default command;

async function showRun(app: App, context: Context, word: string): Promise<ExitCode> {
  const { findings, summary: document } = await summary(app, word);
  const { run, books } = findings;
  context.document(document);
  for (const line of summaryText(findings, { folder: run.folder, outputs: [] })) context.say(line);
  // an unfinished run that was dismissed, whatever it ended with; a finished one's code says what is left
  if (run.dismissed && run.stage !== 'done') return exitOf({});
  if (!books.balanced) return exitOf({ unbalanced: true });
  return exitOf({ runs: run.exitCode === null ? [] : [{ exitCode: run.exitCode as ExitCode }] });
}
