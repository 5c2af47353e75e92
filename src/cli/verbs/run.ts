import { planRun } from '../../app/rehearsals.ts';
import { type Started, type StartRequest, startRun } from '../../app/runs.ts';
import { boundOptions, boundsOf } from '../bounds.ts';
import { type Context, verb } from '../command.ts';
import { asking } from '../consent.ts';
import { endingWith, exitOf } from '../exit.ts';
import { date, files, flag, type Values } from '../options.ts';
import { screenOf } from '../screen.ts';
import { olderLines, restLines, runsDocument } from '../text/runs.ts';
import { withApp } from '../with-app.ts';
import plan from './plan.ts';

const options = {
  file: files('local file instead of the source, taken as complete'),
  ...boundOptions,
  date: date('business date of files whose names have none, yyyy-mm-dd'),
  'allow-duplicate-file': flag('import a file again although its content is known'),
  'as-new': flag('import all rows of a corrected file as new, for a pipeline without a natural key'),
  'accept-new-account': flag('send to this account although another one received the same data; recorded'),
  'all-files': flag('also write pending.csv and skipped.csv'),
  'only-new': flag('do not resume older runs; they still count in the exit code'),
};

const command = verb({
  description:
    'Resumes what earlier runs of the pipeline left, oldest first, then imports new files in a new run. It is safe to type twice: a file and a transaction are imported once.',
  positionals: [1, 1],
  examples: [
    ['pointferry run pos-transactions', 'the nightly run'],
    [
      'pointferry run pos-transactions --file transactions_20260512.txt',
      'a local file instead of the source',
    ],
    ['pointferry run pos-transactions --limit 10', 'send ten operations; the rest stays pending'],
    ['pointferry run pos-transactions --dry-run', 'the same as: pointferry plan pos-transactions'],
  ],
  options,
  async run(context) {
    if (context.dryRun) return plan.run(context);
    return withApp(context, async (app) => {
      const pipeline = context.args[0] ?? '';
      const request = requestOf(context);
      const watching = { signal: context.signal, watch: screenOf(context) };
      const started = await asking<Started>(
        context,
        (consent, after) => startRun(app, pipeline, { ...request, consent, after }, watching),
        async () => (await planRun(app, pipeline, request, context.signal)).operations,
      );
      const exitCode = exitOf({ ...started, runs: runsOf(started) });
      if (started.refused) throw endingWith(started.refused, exitCode);
      context.document(runsDocument(started, exitCode));
      for (const line of olderLines(started, exitCode)) context.say(line);
      const { limit } = started;
      for (const line of restLines({ ...request, limit }, exitCode, `pointferry run ${pipeline}`))
        context.say(line);
      return exitCode;
    });
  },
});
export default command;

function requestOf({ flags }: Context<Values<typeof options>>): StartRequest {
  return {
    ...boundsOf(flags),
    files: flags.file,
    date: flags.date,
    allowDuplicateFile: flags['allow-duplicate-file'],
    asNew: flags['as-new'],
    allFiles: flags['all-files'],
    onlyNew: flags['only-new'],
    acceptNewAccount: flags['accept-new-account'],
  };
}

const runsOf = ({ older, own }: Started) => (own === null ? older : [...older, own]);
