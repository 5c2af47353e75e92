import { resolve } from 'node:path';
import { type Found, findPipeline } from '../../check/find.ts';
import { reading } from '../../db/transaction.ts';
import { worstOf } from '../../flow/ending.ts';
import { requireSameRules } from '../../flow/history.ts';
import { isUsedUp, type RunOptions } from '../../flow/journey.ts';
import { begin, destinationOf, requireAccess, type Under } from '../../flow/prepare.ts';
import { filesOf, newsIn } from '../../flow/take.ts';
import { rewriteDue } from '../../flow/touched.ts';
import { local } from '../../ground/clock.ts';
import { type ExitCode, exit, PointferryError } from '../../ground/errors.ts';
import { isDay } from '../../ground/words.ts';
import type { Outcome } from '../../read/files.ts';
import { allowedOf, allowedOptions, limitDocument, restLines } from '../allowed.ts';

import { type Command, type Context, type Flags, text, texts, yes } from '../command.ts';
import { agree, agreeToAccount } from '../consent.ts';
import { type Came, goOn, olderLines, type Said, tell, underWay } from '../going.ts';
import { besideOlder, goOnWithOlder, leaveOlder } from '../older.ts';
import plan from './plan.ts';

function optionsOf(flags: Flags): RunOptions {
  const { limit, only } = allowedOf(flags);
  const date = text(flags, 'date');
  if (date !== undefined && !isDay(date))
    throw new PointferryError('CONFIG_USAGE', '--date: expected a day, yyyy-mm-dd');
  const files = texts(flags, 'file').map((file) => resolve(file));
  return {
    ...(files.length > 0 ? { files } : {}),
    ...(limit === null ? {} : { limit: limit.most }),
    ...(only === null ? {} : { only }),
    ...(date === undefined ? {} : { date }),
    ...(yes(flags, 'allow-duplicate-file') ? { allowDuplicateFile: true } : {}),
    ...(yes(flags, 'as-new') ? { asNew: true } : {}),
    ...(yes(flags, 'all-files') ? { allFiles: true } : {}),
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
  context: Context,
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
    businessDate: options.date ?? found.businessDate ?? todayIn(pipeline),
    of: [],
  });
  return goOn(under, run, found.files, options);
}

const noInput = ({ pipeline }: Found): string => `no file matched ${JSON.stringify(pipeline.source.path)}`;

/** Older runs first, then new files; whatever became of the older ones. */
async function goThrough(under: Under, written: Found, options: RunOptions, context: Context) {
  const said: Said[] = [];
  const older = yes(context.flags, 'only-new')
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

/** The day on which the run is started, where its files name none: in the zone that the pipeline states. */
function todayIn({ businessDate, schedule }: Found['pipeline']): string {
  return local(new Date(), businessDate?.zone ?? schedule?.zone ?? 'UTC').date;
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

const command: Command = {
  name: 'run',
  summary: 'Goes on with what earlier runs of the pipeline left, then takes new files as a new run.',
  usage: '<pipeline>',
  positionals: [1, 1],
  examples: [
    ['pointferry run pos-transactions', 'the nightly run; safe to type twice'],
    ['pointferry run pos-transactions --file extra.csv', 'these files, wherever they are'],
    [
      'pointferry run pos-transactions --limit 10',
      'send ten operations, of older runs first; keep the rest pending',
    ],
    ['pointferry run pos-transactions --dry-run', 'the same as: pointferry plan pos-transactions'],
  ],
  options: {
    file: {
      type: 'string',
      multiple: true,
      value: 'F',
      help: 'a local file, taken as finished; may be repeated',
    },
    ...allowedOptions,
    date: { type: 'string', value: 'D', help: 'the business date, yyyy-mm-dd' },
    'allow-duplicate-file': { type: 'boolean', help: 'take a file again whose content is known' },
    'as-new': {
      type: 'boolean',
      help: 'take a corrected file of a pipeline without a natural key as new rows',
    },
    'accept-new-account': {
      type: 'boolean',
      help: 'send to an account although another one has sent these data there; asked for once, recorded',
    },
    'all-files': { type: 'boolean', help: 'write pending.csv and skipped.csv too' },
    embedded: { type: 'boolean', help: 'use the database of the work folder for any account' },
    'only-new': { type: 'boolean', help: 'leave older unfinished runs alone; they count in the exit code' },
  },
  async run(context) {
    const written = await findPipeline(context.pipelines, context.args[0] ?? '');
    const options = optionsOf(context.flags);
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
};
export default command;
