/** Everything on this machine: sandbox, database, and every pipeline over its samples. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, parse } from 'node:path';
import pLimit from 'p-limit';
import { type App, openApp } from '../app/app.ts';
import { importCrosswalk } from '../app/members.ts';
import { PointferryError } from '../ground/errors.ts';
import { line } from '../ground/table.ts';
import { type LoadedPipeline, loadAll } from '../pipeline/load.ts';
import { askPlatforms, endLines, type Trials } from './end.ts';
import { columns, differenceLines, heading, type Platforms, paint, trialLine } from './lines.ts';
import { demoEnvironment, leftOut, startPlatforms } from './place.ts';
import { samplesOf } from './samples.ts';
import { type Trial, tryOut } from './trial.ts';
import { inTurn } from './turns.ts';
import { shownPath } from './walk.ts';

/** How a demo is shown while it goes on. */
export interface Screen {
  readonly say: (line: string) => void;
  readonly colors: boolean;
  readonly signal: AbortSignal;
}

export interface Demo {
  readonly platforms: Platforms;
  readonly trials: Trials;
  /** A sample did not yield what it says, or the platforms applied something twice. */
  readonly differs: boolean;
}

/** What a demo would run. */
export async function demoSize(
  pipelines: string,
  samples: string,
): Promise<{ readonly pipelines: number; readonly samples: number }> {
  const loaded = await loadAll(pipelines);
  const found = await Promise.all(loaded.pipelines.map(({ name }) => samplesOf(join(samples, name))));
  return { pipelines: loaded.pipelines.length, samples: found.flat().length };
}

/** Null: it was interrupted, and the next demo resumes it. `app` is that of the person: its folders and its log. */
export async function runDemo(
  app: Pick<App, 'pipelines' | 'env' | 'log' | 'actor'>,
  places: { readonly workdir: string; readonly samples: string },
  screen: Screen,
): Promise<Demo | null> {
  const begun = performance.now();
  const { workdir, samples } = places;
  screen.say(line('pointferry demo   all on this machine; work folder ', shownPath(workdir)));
  const sandbox = await startPlatforms(workdir, samples);
  const own = openApp({
    pipelines: app.pipelines,
    actor: app.actor,
    workdir,
    env: demoEnvironment(app.env, sandbox.url),
    log: (level, message, fields) => level === 'error' && app.log(level, message, fields),
  });
  try {
    const db = await own.db();
    screen.say(line(`  database  PostgreSQL at ${db.label}, its data in the work folder`));
    screen.say(
      line(`  sandbox   Hang, Sticky Street and fabric at ${sandbox.url}, 50 requests a second each`),
    );
    await importAll(own, samples);
    screen.say('');
    screen.say(columns);
    const trials = await tryAll(own, samples, screen);
    if (screen.signal.aborted) return null;
    const platforms = await askPlatforms(sandbox.url);
    const seconds = (performance.now() - begun) / 1000;
    for (const text of await endLines({ workdir, samples, trials, platforms, seconds })) screen.say(text);
    const differs = [...trials.values()].flat().some((trial) => trial.differs.length > 0);
    return { platforms, trials, differs: differs || platforms.repeated > 0 };
  } finally {
    await own.close();
    await sandbox.close();
  }
}

/** The crosswalk: one file per account, named after it. */
async function importAll(app: App, samples: string): Promise<void> {
  const folder = join(samples, 'members');
  for (const { name, ext } of (await readdir(folder)).sort().map((each) => parse(each))) {
    if (ext !== '.csv') continue;
    const { conflicts, unreadable, tooLong } = await importCrosswalk(app, name, join(folder, name + ext));
    if (conflicts.length + unreadable.length + tooLong.length > 0)
      throw new PointferryError('CONFIG_INVALID', 'the sample members contradict those of an earlier demo', {
        hint: `start over: remove ${app.workdir}`,
      });
  }
}

/** As a night does: several pipelines at once, each its own files one after the other. */
async function tryAll(app: App, samples: string, screen: Screen): Promise<Trials> {
  const { pipelines, accounts } = await loadAll(app.pipelines);
  const accountOf = new Map(accounts.map(({ name, account }) => [name, account]));
  const turns = inTurn(screen.say, pipelines.length);
  const atOnce = pLimit(3);
  const tried = await Promise.all(
    pipelines.map((each, n) =>
      atOnce(async (): Promise<[string, Trial[]]> => {
        const { say, done } = turns[n] ?? { say: screen.say, done: () => undefined };
        const why = existsSync(join(samples, each.name))
          ? leftOut(each, accountOf.get(each.pipeline.account))
          : 'it has no samples';
        if (why !== null) say(line(`\n  ${each.name} is left out: ${why}`));
        const trials = why === null ? await tryPipeline(app, each, samples, { ...screen, say }) : [];
        done();
        return [each.name, trials];
      }),
    ),
  );
  return new Map(tried);
}

/** Every sample of a pipeline, one run each, shown as it ends. */
async function tryPipeline(
  app: App,
  { name, pipeline }: LoadedPipeline,
  samples: string,
  { say, colors, signal }: Screen,
): Promise<Trial[]> {
  const trials: Trial[] = [];
  say('');
  say(paint(heading(name, pipeline.description ?? ''), colors));
  for (const sample of await samplesOf(join(samples, name))) {
    if (signal.aborted) break;
    const trial = await tryOut(app, name, sample, signal);
    if (trial === null) break;
    trials.push(trial);
    say(paint(trialLine(trial), colors));
    for (const text of differenceLines(trial)) say(text);
  }
  return trials;
}
