import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, parse, resolve } from 'node:path';
import pLimit from 'p-limit';
import { withDatabase } from '../../app/app.ts';
import { askPlatforms, endLines, type Trials, trialsDocument } from '../../demo/end.ts';
import { columns, differenceLines, heading, paint, trialLine } from '../../demo/lines.ts';
import { demoEnvironment, leftOut, startPlatforms } from '../../demo/place.ts';
import { samplesOf } from '../../demo/samples.ts';
import { type Trial, tryOut } from '../../demo/trial.ts';
import { inTurn } from '../../demo/turns.ts';
import { shownPath } from '../../demo/walk.ts';
import { type ExitCode, exit, PointferryError } from '../../ground/errors.ts';
import { line } from '../../ground/table.ts';
import { type LoadedPipeline, loadAll } from '../../pipeline/load.ts';
import { type Context, verb } from '../command.ts';
import membersImport from './members-import.ts';
import run from './run.ts';

/** The same command line, in the demo's work folder, with the sandbox as the only platform, and silent. */
function inside(context: Context, workdir: string, url: string): Context {
  return {
    ...context,
    workdir,
    env: demoEnvironment(context.env, url),
    json: false,
    dryRun: false,
    terminal: false,
    say: () => undefined,
    document: () => undefined,
    log: (level, message, fields) => level === 'error' && context.log(level, message, fields),
  };
}

/** The crosswalk: one file per account, named after it. */
async function importAll(context: Context, samples: string): Promise<void> {
  const folder = join(samples, 'members');
  for (const { name, ext } of (await readdir(folder)).sort().map((each) => parse(each))) {
    if (ext !== '.csv') continue;
    const code = await membersImport.run({
      ...context,
      args: [join(folder, name + ext)],
      flags: { account: name },
    });
    if (code !== exit.ok)
      throw new PointferryError('CONFIG_INVALID', 'the sample members contradict those of an earlier demo', {
        hint: `start over: remove ${context.workdir}`,
      });
  }
}

/** Every sample of a pipeline, one run each, said as it ends. */
async function tryPipeline(
  say: (text: string) => void,
  quiet: Context,
  { name, pipeline }: LoadedPipeline,
  samples: string,
): Promise<Trial[]> {
  const trials: Trial[] = [];
  const colors = quiet.env.NO_COLOR ? false : process.stdout.isTTY === true;
  say('');
  say(paint(heading(name, pipeline.description ?? ''), colors));
  for (const sample of await samplesOf(join(samples, name))) {
    if (quiet.signal.aborted) break;
    const trial = await tryOut(run, quiet, name, sample);
    if (trial === null) break;
    trials.push(trial);
    say(paint(trialLine(trial), colors));
    for (const text of differenceLines(trial)) say(text);
  }
  return trials;
}

/** As a night does: several pipelines at once, each its own files one after the other. */
async function tryAll(context: Context, quiet: Context, samples: string): Promise<Trials> {
  const { pipelines, accounts } = await loadAll(context.pipelines);
  const accountOf = new Map(accounts.map(({ name, account }) => [name, account]));
  const turns = inTurn(context.say, pipelines.length);
  const atOnce = pLimit(3);
  const tried = await Promise.all(
    pipelines.map((each, n) =>
      atOnce(async (): Promise<[string, Trial[]]> => {
        const { say, done } = turns[n] ?? { say: context.say, done: () => undefined };
        const why = existsSync(join(samples, each.name))
          ? leftOut(each, accountOf.get(each.pipeline.account))
          : 'it has no samples';
        if (why !== null) say(line(`\n  ${each.name} is left out: ${why}`));
        const trials = why === null ? await tryPipeline(say, quiet, each, samples) : [];
        done();
        return [each.name, trials];
      }),
    ),
  );
  return new Map(tried);
}

/** Trials of everything, and their judgement. */
async function demonstrate(context: Context, quiet: Context, url: string, begun: number, samples: string) {
  await importAll(quiet, samples);
  context.say();
  context.say(columns);
  const trials = await tryAll(context, quiet, samples);
  if (context.signal.aborted) {
    context.say('\n  Interrupted. npm start goes on where this stopped; nothing is sent twice.');
    return exit.interrupted;
  }
  const platforms = await askPlatforms(url);
  const seconds = (performance.now() - begun) / 1000;
  for (const each of await endLines({ workdir: quiet.workdir, samples, trials, platforms, seconds }))
    context.say(each);
  context.document({ workdir: quiet.workdir, platforms, trials: trialsDocument(trials) });
  const differs = [...trials.values()].flat().some((trial) => trial.differs.length > 0);
  return differs || platforms.repeated > 0 ? exit.rows : exit.ok;
}

const command = verb({
  description:
    'Starts the sandbox and a database on this machine and runs every pipeline over its samples. Nothing is sent to a real platform. Run it twice: the second run sends nothing again.',
  positionals: [0, 0],
  examples: [
    ['pointferry demo', 'exit code 0 if every sample gives the expected result'],
    ['pointferry demo --dry-run', 'count the samples; run nothing'],
  ],
  options: {},
  async run(context): Promise<ExitCode> {
    const begun = performance.now();
    const workdir = join(context.workdir, 'demo');
    const samples = resolve(context.pipelines, '..', 'data-samples');
    if (!existsSync(samples))
      throw new PointferryError('CONFIG_USAGE', `there are no samples in ${samples}`, {
        hint: 'type it in the folder of pointferry, or name one with --pipelines DIR',
      });
    if (context.dryRun) {
      const { pipelines } = await loadAll(context.pipelines);
      const found = await Promise.all(pipelines.map(({ name }) => samplesOf(join(samples, name))));
      const would = { pipelines: pipelines.length, samples: found.flat().length, workdir };
      context.document(would);
      context.say(
        `would run ${would.samples} samples of ${would.pipelines} pipelines, in ${shownPath(workdir)}`,
      );
      return exit.ok;
    }
    context.say(line('pointferry demo   all on this machine; work folder ', shownPath(workdir)));
    const sandbox = await startPlatforms(workdir, samples);
    try {
      const quiet = inside(context, workdir, sandbox.url);
      // Held open to the end, so that the embedded server does not stop between runs.
      return await withDatabase(quiet, ({ db }) => {
        context.say(line(`  database  PostgreSQL at ${db.label}, its data in the work folder`));
        context.say(
          line(`  sandbox   Hang, Sticky Street and fabric at ${sandbox.url}, 50 requests a second each`),
        );
        return demonstrate(context, quiet, sandbox.url, begun, samples);
      });
    } finally {
      await sandbox.close();
    }
  },
});
export default command;
