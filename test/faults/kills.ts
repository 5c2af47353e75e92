/**
 * SIGKILL at seeded times: three pipelines on one account, one of their processes (or all, as in a power cut) is
 * killed at a seeded moment of a seeded stage, and started again, until it was killed often enough. Then to the end.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { below, pick, random } from '../support/random.ts';
import type { CliProcess } from '../world/cli.ts';
import { type PipelineName, pipelines } from './inputs.ts';
import { violations } from './oracles.ts';
import { by, count, each, newPart, type Part, type Suite, story, toTheEnd } from './suite.ts';
import type { World } from './world.ts';

const targets = ['start', 'read', 'normalize', 'push', 'push', 'report'] as const;
type Target = (typeof targets)[number];

/** Where a kill falls within its stage, ms: a little longer than the stage takes, so that all of it is hit. */
const within: Readonly<Record<Target, number>> = {
  start: 900,
  read: 60,
  normalize: 150,
  push: 900,
  report: 60,
};

export async function kills(
  suite: Suite,
  rounds = by(suite, { core: 20, short: 100, long: 1_000 }),
): Promise<Part> {
  const part = newPart('kills');
  const perStory = by(suite, { core: 8, short: 6, long: 6 });
  const rate = by(suite, { core: 30, short: 50, long: 50 });
  await each(
    suite,
    untilEnough(() => part.rounds >= rounds),
    (_none, n) =>
      story(suite, part, { n, rate, size: { members: 6, each: 24 } }, (world) =>
        killStory(world, part, suite.seed + n, perStory),
      ),
  );
  return part;
}

function* untilEnough(enough: () => boolean): Generator<readonly [number, null]> {
  for (let n = 0; !enough(); n++) yield [n, null];
}

async function killStory(world: World, part: Part, seed: number, wanted: number): Promise<string[]> {
  const next = random(seed);
  const wrong: string[] = [];
  let done = 0;
  let open: readonly PipelineName[] = pipelines;
  for (let life = 0; done < wanted && open.length > 0; life++) {
    const lives = new Map(open.map((name) => [name, world.run(name)]));
    const victim = pick(next, open);
    // the first lives meet the early stages, which later ones find done
    const target = life === 0 ? pick(next, ['start', 'read', 'normalize'] as const) : pick(next, targets);
    const delay = below(next, within[target]);
    const powerCut = next() < 0.25;
    const importer = lives.get(victim);
    if (!importer) continue;
    await reach(world, victim, importer, target);
    await sleep(delay);
    for (const each of powerCut ? lives.values() : [importer]) {
      if (!each.runs()) continue;
      each.signal('SIGKILL');
      done += 1;
      part.rounds += 1;
      count(part, (await stageOf(world, victim)) ?? 'before the run');
    }
    const over = await Promise.all([...lives].map(async ([name, { ended }]) => ({ name, ...(await ended) })));
    open = over.filter(({ code }) => code === null || code > 1).map(({ name }) => name);
    wrong.push(...(await violations(world, { finished: false })));
    if (wrong.length > 0) return wrong;
  }
  return toTheEnd(world);
}

/** Returns when the newest run of the pipeline stands in the stage, or stands behind it, or the process has ended. */
async function reach(
  world: World,
  pipeline: PipelineName,
  importer: CliProcess,
  target: Target,
): Promise<void> {
  if (target === 'start') return;
  const before = await runsOf(world, pipeline);
  while (importer.runs()) {
    const stage = await stageOf(world, pipeline);
    const fresh = (await runsOf(world, pipeline)) !== before || before !== '';
    if (fresh && stage === target) return;
    if (target === 'read' && fresh && stage !== null) return;
    await sleep(2);
  }
}

const runsOf = async (world: World, pipeline: PipelineName): Promise<string> =>
  (
    await world.query<{ id: string }>('select id from pointferry.run where pipeline = $1 order by seq', [
      pipeline,
    ])
  )
    .map((run) => run.id)
    .join();

/** Where the newest held run of a pipeline stands; its files are being written once it has a status. */
async function stageOf(world: World, pipeline: PipelineName): Promise<string | null> {
  const rows = await world.query<{ stage: string; status: string }>(
    `select stage, status from pointferry.run where pipeline = $1 and owner is not null order by seq desc limit 1`,
    [pipeline],
  );
  const [run] = rows;
  if (!run) return null;
  return run.status === 'running' ? run.stage : 'report';
}
