import { resolve } from 'node:path';
import { agree, agreeToAccount } from '../../app/consent.ts';
import { besideOlder, goOnWithOlder, leaveOlder } from '../../app/older-runs.ts';
import { type Came, goOn, olderLines, type Said, tell, underWay } from '../../app/sending.ts';
import { type Found, findPipeline } from '../../check/find.ts';
import { reading } from '../../db/transaction.ts';
import { businessDay } from '../../flow/business-day.ts';
import { worstOf } from '../../flow/ending.ts';
import { requireSameRules } from '../../flow/history.ts';
import { isUsedUp, type RunOptions } from '../../flow/journey.ts';
import { begin, destinationOf, requireAccess, type Under } from '../../flow/prepare.ts';
import { filesOf, newsIn } from '../../flow/take.ts';
import { rewriteDue } from '../../flow/touched.ts';
import { type ExitCode, exit, PointferryError } from '../../ground/errors.ts';
import type { Outcome } from '../../read/files.ts';
import { allowedOf, allowedOptions, limitDocument, restLines } from '../allowed.ts';
import { type Context, verb } from '../command.ts';
import { date, files, flag, type Values } from '../options.ts';
import plan from './plan.ts';

const options = {
  file: files('local file instead of the source, taken as complete'),
  ...allowedOptions,
  date: date('business date of files whose names have none, yyyy-mm-dd'),
  'allow-duplicate-file': flag('import a file again although its content is known'),
  'as-new': flag('import all rows of a corrected file as new, for a pipeline without a natural key'),
  'accept-new-account': flag('send to this account although another one received the same data; recorded'),
  'all-files': flag('also write pending.csv and skipped.csv'),
  embedded: flag('use the database of the work folder for any account'),
  'only-new': flag('do not resume older runs; they still count in the exit code'),
};

type Own = Context<Values<typeof options>>;

function optionsOf({ flags }: Own): RunOptions {
  const { limit, only } = allowedOf(flags);
  const { file: files, date } = flags;
  return {
    ...(files.length > 0 ? { files } : {}),
    ...(limit === null ? {} : { limit: limit.most }),
    ...(only === null ? {} : { only }),
    ...(date === undefined ? {} : { date }),
    ...(flags['allow-duplicate-file'] ? { allowDuplicateFile: true } : {}),
    ...(flags['as-new'] ? { asNew: true } : {}),
    ...(flags['all-files'] ? { allFiles: true } : {}),
  };
}

/**
 * New files as a new run, or the exit code of there being none. `behindOpen`: an older run is unfinished; then there is no new
 * run where all files are known, since it would only hide the one that failed.
 */
async function takeNew(
  under: Under,
  written: Found,
  options: RunOptions,
  context: Own,
  behindOpen: boolean,
): Promise<Said | ExitCode> {
  const { name, pipeline, account } = written;
  const listing = () =>
    filesOf({
      pipeline,
      options,
      workdir: context.workdir,
      base: resolve(context.pipelines, '..'),
      env: context.env,
      signal: context.signal,
    });
  if (behindOpen) {
    const { kind } = await destinationOf(pipeline.operation, account.platform);
    const how = { options, state: kind.nature === 'state' };
    const news = await newsIn(under.db, { account: pipeline.account, pipeline: name }, listing(), how);
    if (news === 'known') return exit.ok;
  }
  const found = await firstOf(listing());
  if (found === null) return exit.noInput;
  const { baseUrl } = await requireAccess(written, under); // what is wrong with the configuration makes no run
  await reading(under.db, (client) => requireSameRules(client, written));
  await agreeToAccount(under.db, context, { found: written, baseUrl, folder: context.pipelines });
  await agree(under.db, context, written);
  const run = await begin(under, written, options, {
    scope: 'nightly',
    mode: 'run',
    businessDate: options.date ?? found.businessDate ?? businessDay(pipeline),
    of: [],
  });
  return goOn(under, run, found.files, options);
}

const noInput = ({ pipeline }: Found): string => `no file matched ${JSON.stringify(pipeline.source.path)}`;

/** Older runs first, then new files; whatever became of the older ones. */
async function goThrough(under: Under, written: Found, options: RunOptions, context: Own) {
  const said: Said[] = [];
  const older = context.flags['only-new']
    ? await leaveOlder(under, written.name)
    : await goOnWithOlder(under, written.name, said);
  if (context.signal.aborted || isUsedUp(under.allowed))
    return { said, older, own: null, code: exit.interrupted };
  const isOpen = older.some(({ exitCode }) => exitCode !== exit.ok && exitCode !== exit.rows);
  const fresh = await takeNew(under, written, options, context, isOpen).catch((error: unknown) => {
    throw besideOlder(error, older);
  });
  if (typeof fresh === 'number') return { said, older, own: null, code: fresh };
  return {
    said: [...said, fresh],
    older,
    own: { run: fresh.run, exitCode: fresh.exitCode },
    code: fresh.exitCode,
  };
}

interface Listed {
  readonly files: AsyncIterable<Outcome>;
  readonly businessDate: string | null;
}

/** Looks whether there is anything to take at all; unfinished files alone count as not come. Nothing is lost of the listing. */
async function firstOf(files: AsyncGenerator<Outcome>): Promise<Listed | null> {
  const seen: Outcome[] = [];
  for (;;) {
    const { value, done } = await files.next();
    if (done) break;
    seen.push(value);
    if (value.kind !== 'unfinished') break;
  }
  const taken = seen.at(-1);
  if (!taken || taken.kind === 'unfinished') return null;
  return {
    businessDate: taken.kind === 'file' ? taken.businessDateText : null,
    files: (async function* () {
      yield* seen;
      yield* files;
    })(),
  };
}

const command = verb({
  description:
    'Resumes what earlier runs of the pipeline left, oldest first, then imports new files in a new run. It is safe to type twice: a file and a transaction are imported once.',
  positionals: [1, 1],
  examples: [
    ['pointferry run pos-transactions', 'the nightly run'],
    ['pointferry run pos-transactions --file sales.csv', 'a local file instead of the source'],
    ['pointferry run pos-transactions --limit 10', 'send ten operations; the rest stays pending'],
    ['pointferry run pos-transactions --dry-run', 'the same as: pointferry plan pos-transactions'],
  ],
  options,
  async run(context) {
    const written = await findPipeline(context.pipelines, context.args[0] ?? '');
    const options = optionsOf(context);
    if (context.dryRun) return plan.run(context);
    return underWay(
      context,
      async (under) => {
        const { said, older, own, code } = await goThrough(under, written, options, context);
        if (code === exit.noInput && older.length === 0) {
          await rewriteDue({ ...context, db: under.db });
          throw new PointferryError('READ_NO_INPUT', noInput(written));
        }
        if (code === exit.noInput) context.log('warn', noInput(written));
        const exitCode = worstOf([...older.map((each) => each.exitCode), code]);
        const came: Came = { exitCode, own, older, limit: limitDocument(under.allowed) };
        tell(context, said, came);
        for (const line of olderLines(came)) context.say(line);
        for (const line of restLines(under.allowed, exitCode, `pointferry run ${written.name}`))
          context.say(line);
        return exitCode;
      },
      allowedOf(context.flags),
    );
  },
});
export default command;
