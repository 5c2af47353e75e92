import type { App } from '../../app/app.ts';
import {
  type Edits,
  previewRerun,
  type Rerun,
  type RerunPreview,
  type RerunSelection,
  readEdits,
  startRerun,
} from '../../app/reruns.ts';
import { PointferryError } from '../../ground/errors.ts';
import { type ExitCode, exit } from '../../ground/exit.ts';
import { type Context, verb } from '../command.ts';
import { asking } from '../consent.ts';
import { exitOf } from '../exit.ts';
import { choice, count, flag, since, text, texts, type Values } from '../options.ts';
import { screenOf } from '../screen.ts';
import { editsDocument, editsText } from '../text/edits.ts';
import { forecastText, nothingText } from '../text/rerun.ts';
import { reportsDocument } from '../text/runs.ts';
import { withApp } from '../with-app.ts';

const options = {
  code: text('only rows with this error code', 'CODE'),
  group: count('only rows of this group of errors', { expected: 'the number of a group' }),
  stage: choice('only rows refused in this stage: stage, normalize or push', 'STAGE', [
    'stage',
    'normalize',
    'push',
  ]),
  since: since('only rows refused since then: 2h, a date or an instant'),
  from: text('edited errors.csv: only its rows, with its changes', 'FILE'),
  accept: texts('with --from: accept changes in this column', 'COLUMN'),
  'show-values': flag('with --from: print values without masking'),
  embedded: flag('use the database of the work folder for any account'),
};

const command = verb({
  description:
    'Takes the rejected and failed rows of a run, reads them with the pipeline as it is now, and sends them in a run of their own. With --from it takes the rows of an edited errors.csv. A delivered row is never sent again.',
  positionals: [1, 1],
  examples: [
    ['pointferry rerun pos-transactions@last --dry-run', 'what it would send'],
    ['pointferry rerun pos-transactions@last', 'all rejected and failed rows of the run'],
    ['pointferry rerun pos-transactions@last --group 1', 'one cause, once it is fixed'],
    ['pointferry rerun pos-transactions@last --code PUSH_RETRIES_EXHAUSTED', 'one error code'],
    [
      'pointferry rerun pos-transactions@last --from fix.csv --dry-run',
      'what an edited errors.csv would change',
    ],
  ],
  options,
  run: (context) =>
    withApp(context, async (app) => {
      const selection = selectionOf(context);
      const request = { ...selection, edits: await editsOf(app, context) };
      return context.dryRun ? wouldRerun(app, context, request) : rerun(app, context, request);
    }),
});
export default command;

type Own = Context<Values<typeof options>>;

const wrong = (message: string): PointferryError =>
  new PointferryError('CONFIG_USAGE', `rerun: ${message}`, { hint: 'pointferry rerun --help' });

function selectionOf({ flags }: Own): RerunSelection {
  const { code, group, stage, since, from, accept } = flags;
  if (from !== undefined && [group, stage, since, code].some((one) => one !== undefined))
    throw wrong('--from names the rows itself: without --code, --group, --stage and --since');
  if (from === undefined && accept.length > 0)
    throw wrong('--accept goes with --from: it names a column whose edits count');
  return { code, group, stage, since };
}

/** The edited file of --from, shown. Throws everything that is refused about it. */
async function editsOf(app: App, { args, flags, say }: Own): Promise<Edits | undefined> {
  if (flags.from === undefined) return undefined;
  const edits = await readEdits(app, args[0] ?? '', flags.from, flags.accept);
  for (const line of editsText(edits, flags['show-values'])) say(line);
  if (edits.refused) throw edits.refused;
  return edits;
}

async function wouldRerun(app: App, context: Own, request: RerunSelection): Promise<ExitCode> {
  const { args, flags, say } = context;
  const { run, seen } = await previewRerun(app, args[0] ?? '', request);
  const from = request.edits && editsDocument(request.edits.back, flags['show-values']);
  context.document({ dryRun: true, run, ...(from ? { from } : {}), ...seen });
  for (const line of seen ? forecastText(seen) : [nothingText(run)]) say(line);
  if (seen && from) say(`  do it:  pointferry rerun ${run} --from ${flags.from} --yes`);
  return exit.ok;
}

async function rerun(app: App, context: Own, selection: RerunSelection): Promise<ExitCode> {
  const word = context.args[0] ?? '';
  const watching = { signal: context.signal, watch: screenOf(context) };
  const { embedded } = context.flags;
  const done = await asking<Rerun>(
    context,
    (consent) => startRerun(app, word, { ...selection, embedded, consent }, watching),
    async () => sentBy(await previewRerun(app, word, selection)),
  );
  if (done.needs) throw done.needs.refused;
  if (done.report === null) {
    context.document({ run: null, of: [done.of], selected: 0 });
    context.say(nothingText(done.of));
    return exit.ok;
  }
  context.document(reportsDocument([done.report]));
  return exitOf({ runs: [done.report] });
}

const sentBy = ({ seen }: RerunPreview): number =>
  seen?.buckets.find(({ bucket }) => bucket === 'send')?.operations ?? 0;
