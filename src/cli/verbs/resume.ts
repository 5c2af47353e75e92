import { type Resumable, type ResumeRequest, resumable, resumeAll, resumeRun } from '../../app/resume.ts';
import { type ExitCode, exit } from '../../ground/exit.ts';
import { boundOptions, boundsOf } from '../bounds.ts';
import { type Context, verb } from '../command.ts';
import { exitOf } from '../exit.ts';
import { flag } from '../options.ts';
import { screenOf } from '../screen.ts';
import { restLines, runsDocument } from '../text/runs.ts';
import { withApp } from '../with-app.ts';

const command = verb({
  description:
    'Continues an interrupted, failed or stopped run where it ended, with its own id and its own definition. Without a run it continues every run that may resume without a decision, oldest first.',
  positionals: [0, 1],
  examples: [
    ['pointferry resume', 'every run that may resume'],
    ['pointferry resume pos-transactions@last', 'one run, for instance after a failure of the credentials'],
    [
      'pointferry resume pos-transactions@last --accept-threshold',
      'after a threshold stopped it and you have read its errors',
    ],
    ['pointferry resume --limit 10', 'send ten operations over all runs'],
    ['pointferry resume --dry-run', 'list what would be resumed'],
  ],
  options: {
    ...boundOptions,
    'accept-threshold': flag('resume although a threshold stopped the run; recorded'),
  },
  run: (context) =>
    withApp(context, async (app) => {
      const word = context.args[0] ?? null;
      const bounds = boundsOf(context.flags);
      const request: ResumeRequest = { ...bounds, acceptThreshold: context.flags['accept-threshold'] };
      if (context.dryRun) return wouldResume(context, await resumable(app, word, request));
      const watching = { signal: context.signal, watch: screenOf(context) };
      const resumed = await (word === null
        ? resumeAll(app, request, watching)
        : resumeRun(app, word, request, watching));
      for (const line of nothingLeft(resumed, word)) context.say(line);
      const exitCode = exitOf({ runs: resumed.older, interrupted: resumed.interrupted });
      context.document(resumed.older.length === 0 ? { resumed: [] } : runsDocument(resumed, exitCode));
      const command = ['pointferry resume', ...context.args].join(' ');
      for (const line of restLines({ ...bounds, limit: resumed.limit }, exitCode, command)) context.say(line);
      return exitCode;
    }),
});
export default command;

function wouldResume(context: Context, resumable: Resumable): ExitCode {
  const { runs } = resumable;
  context.document({ wouldResume: runs });
  for (const line of nothingLeft({ ...resumable, older: runs }, context.args[0] ?? null)) context.say(line);
  for (const { run, pipeline, stage } of runs) context.say(`would resume ${run} (${pipeline}) at ${stage}`);
  return exit.ok;
}

function nothingLeft(
  { finished, older }: { readonly finished: readonly string[]; readonly older: readonly unknown[] },
  word: string | null,
): string[] {
  if (word === null && older.length === 0) return ['nothing to resume'];
  return finished.map((id) => `${id} is already finished`);
}
