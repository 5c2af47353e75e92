import { resolve } from 'node:path';
import { reading } from '../db/transaction.ts';
import { type ExitCode, exit, PointferryError } from '../errors.ts';
import { worstOf } from '../flow/ending.ts';
import { requireSameRules } from '../flow/history.ts';
import type { RunOptions } from '../flow/journey.ts';
import { begin, requireAccess, requireAccessOf, type Under } from '../flow/prepare.ts';
import { filesOf } from '../flow/take.ts';
import { type Found, findPipeline } from '../pipeline/find.ts';
import type { Outcome } from '../read/files.ts';
import { local } from '../report/clock.ts';
import { holdRun, loadRun, unfinishedRuns } from '../run/ledger.ts';
import { type Command, type Context, type Flags, text, texts, yes } from './command.ts';
import { agree } from './consent.ts';
import { goOn, type Said, tell, underWay } from './going.ts';
import plan from './plan.ts';

function optionsOf(flags: Flags): RunOptions {
  const limit = text(flags, 'limit');
  if (limit !== undefined && !/^[1-9]\d*$/.test(limit))
    throw new PointferryError('CONFIG_USAGE', '--limit: expected a number of operations');
  const date = text(flags, 'date');
  if (date !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(date))
    throw new PointferryError('CONFIG_USAGE', '--date: expected yyyy-mm-dd');
  const files = texts(flags, 'file').map((file) => resolve(file));
  const only = text(flags, 'only');
  return {
    ...(files.length > 0 ? { files } : {}),
    ...(limit === undefined ? {} : { limit: Number(limit) }),
    ...(only === undefined ? {} : { only }),
    ...(date === undefined ? {} : { date }),
    ...(yes(flags, 'allow-duplicate-file') ? { allowDuplicateFile: true } : {}),
    ...(yes(flags, 'as-new') ? { asNew: true } : {}),
    ...(yes(flags, 'all-files') ? { allFiles: true } : {}),
  };
}

/** Goes on with what earlier nights left, oldest first; what ended with 2 or 70 is left alone, and named. */
async function resumeOlder(under: Under, name: string, said: Said[]): Promise<void> {
  for (const older of await unfinishedRuns(under.db, name, 'nightly')) {
    if (under.context.signal.aborted || said.some((each) => each.exitCode === exit.bug)) return;
    if (older.owner === null && (older.exit_code === exit.threshold || older.exit_code === exit.bug)) {
      const how = older.exit_code === exit.threshold ? ' --accept-threshold' : '';
      under.context.log(
        'warn',
        `left alone (exit ${older.exit_code}); a person may type: pointferry resume ${older.id}${how}`,
        { run: older.id },
      );
      continue;
    }
    await requireAccessOf(await loadRun(under.db, older.id), under);
    const held = await holdRun(under.db, under.owner, older.id, (owner) =>
      under.context.log('warn', `waiting for the lease of ${owner.actor} to run out`, {
        run: older.id,
        host: owner.host,
        pid: owner.pid,
      }),
    );
    said.push(await goOn(under, held));
  }
}

/** New files as a new run; null when there is nothing to take, and then there is no run folder either. */
async function takeNew(
  under: Under,
  written: Found,
  options: RunOptions,
  context: Context,
): Promise<Said | ExitCode> {
  const found = await firstOf(
    filesOf({
      ...written,
      options,
      workdir: context.workdir,
      base: resolve(context.pipelines, '..'),
      env: context.env,
      signal: context.signal,
    }),
  );
  if (found === null) return exit.noInput;
  await requireAccess(written, under); // what is wrong with the configuration makes no run
  await reading(under.db, (client) => requireSameRules(client, written));
  await agree(under.db, context, written);
  const run = await begin(under, written, options, {
    scope: 'nightly',
    mode: 'run',
    businessDate: options.date ?? found.businessDate ?? todayIn(written.pipeline),
    of: [],
  });
  return goOn(under, run, found.files, options);
}

/** What became of the older runs decides whether a new one is begun at all. Gives the exit codes of everything. */
async function goOnWithNew(
  under: Under,
  written: Found,
  options: RunOptions,
  context: Context,
  said: Said[],
): Promise<ExitCode[]> {
  const codes = said.map((each) => each.exitCode);
  if (codes.includes(exit.bug)) return codes; // nothing further is sent
  if (context.signal.aborted) return [...codes, exit.interrupted];
  const fresh = await takeNew(under, written, options, context);
  if (typeof fresh !== 'number') {
    said.push(fresh);
    return [...codes, fresh.exitCode];
  }
  if (said.length > 0) return [...codes, fresh];
  throw new PointferryError(
    'READ_NO_INPUT',
    `no file matched ${JSON.stringify(written.pipeline.source.path)}`,
  );
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
    ['pointferry run pos-transactions --limit 10', 'send ten operations, keep the rest pending'],
    ['pointferry run pos-transactions --dry-run', 'the same as: pointferry plan pos-transactions'],
  ],
  options: {
    file: {
      type: 'string',
      multiple: true,
      value: 'F',
      help: 'a local file, taken as finished; may be repeated',
    },
    limit: {
      type: 'string',
      value: 'N',
      help: 'send at most so many operations; the rest stays pending (exit 4)',
    },
    only: { type: 'string', value: 'KEY', help: 'send only this transaction, member or key' },
    date: { type: 'string', value: 'D', help: 'the business date, yyyy-mm-dd' },
    'allow-duplicate-file': { type: 'boolean', help: 'take a file again whose content is known' },
    'as-new': {
      type: 'boolean',
      help: 'take a corrected file of a pipeline without a natural key as new rows',
    },
    'all-files': { type: 'boolean', help: 'write pending.csv and skipped.csv too' },
    embedded: { type: 'boolean', help: 'use the database of the work folder for any account' },
    'only-new': { type: 'boolean', help: 'leave older unfinished runs alone' },
  },
  async run(context) {
    const written = await findPipeline(context.pipelines, context.args[0] ?? '');
    const options = optionsOf(context.flags);
    if (context.dryRun) return plan.run(context);
    return underWay(context, async (under) => {
      const said: Said[] = [];
      if (!yes(context.flags, 'only-new')) await resumeOlder(under, written.name, said);
      const codes = await goOnWithNew(under, written, options, context, said);
      tell(context, said);
      return worstOf(codes);
    });
  },
};
export default command;
