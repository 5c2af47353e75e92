/**
 * Named failpoints (src/db/failpoint.ts): SIGKILL before and after every commit, send and settlement, at the first,
 * the middle and the last time each is passed, with one process and with three on one account.
 */
import { type Failpoint, failpoints } from '../../src/db/failpoint.ts';
import { type PipelineName, pipelines } from './inputs.ts';
import { violations } from './oracles.ts';
import { by, count, each, newPart, type Part, type Suite, story, toTheEnd, untilDone } from './suite.ts';
import { makeWorld, type World } from './world.ts';

interface Plan {
  readonly point: Failpoint;
  /** The how manieth time. */
  readonly at: number;
  readonly which: readonly PipelineName[];
}

/** Passed only by a process that goes on with what a dead one left. */
const ofRecovery: ReadonlySet<Failpoint> = new Set([
  'run/before-hold-commit',
  'run/after-hold',
  'push/before-takeover-commit',
  'push/after-takeover',
]);

/** Passed only when a member has come for whom rows of a finished run wait. */
const ofRelease: ReadonlySet<Failpoint> = new Set([
  'normalize/before-release-commit',
  'normalize/after-release',
]);

const victim: PipelineName = 'tills';
const size = { members: 4, each: 8 };

export async function points(suite: Suite, rounds = Number.POSITIVE_INFINITY): Promise<Part> {
  const part = newPart('points');
  const plans: Plan[] = [];
  for (const which of [[victim], pipelines]) {
    const passed = await passes(suite, which);
    for (const point of failpoints) {
      const times = passed[point] ?? 0;
      const places = new Set([1, Math.ceil(times / 2), times].filter((at) => at > 0));
      if (ofRecovery.has(point) || ofRelease.has(point)) places.add(1);
      if (places.size === 0) throw new Error(`nothing passes ${point}`);
      plans.push(...[...places].map((at) => ({ point, at, which })));
    }
  }
  const repeats = by(suite, { core: 1, short: 1, long: 10 });
  const all = Array.from({ length: repeats }, () => plans).flat();
  await each(suite, all.slice(0, rounds).entries(), (plan, n) =>
    story(
      suite,
      part,
      { n, size, rate: 40 },
      (world) => pointStory(world, part, plan),
      `${plan.point}@${plan.at} x${plan.which.length}`,
    ),
  );
  return part;
}

async function pointStory(world: World, part: Part, { point, at, which }: Plan): Promise<string[]> {
  if (ofRecovery.has(point)) await world.run(victim, killedAt('push/after-send', 2)).ended;
  const lateIsThere = ofRelease.has(point);
  if (lateIsThere) {
    await untilDone(world, which);
    await world.addMembers(world.inputs.lateCrosswalk);
  }
  const lives = which.map((name) => world.run(name, name === victim ? killedAt(point, at) : {}));
  const ends = await Promise.all(lives.map(({ ended }) => ended));
  const open = which.filter((name, i) => ends[i]?.code !== world.inputs.exitCode[name]);
  const ended = ends[which.indexOf(victim)];
  if (ended?.signal === 'SIGKILL') part.rounds += 1;
  else count(part, `not passed so often: ${point}`);
  const wrong = await violations(world, { finished: false, late: lateIsThere });
  if (wrong.length > 0) return wrong;
  return toTheEnd(world, { only: which }, { open, ...(lateIsThere ? { late: 'came' } : {}) });
}

const killedAt = (point: Failpoint, at: number): { env: Record<string, string> } => ({
  env: { POINTFERRY_FAILPOINTS: `${point}=kill@${at}` },
});

/** Each point once, the first time it is passed: one life after the other in two worlds, to save the starts. */
export async function pointChains(suite: Suite): Promise<Part> {
  const part = newPart('points');
  const releases = failpoints.filter((point) => ofRelease.has(point));
  const others = settledLast(failpoints.filter((point) => !ofRelease.has(point)));
  const pushes = others.findIndex((point) => point.startsWith('push/'));
  const chains = [others.slice(0, pushes), others.slice(pushes)].entries();
  await each(suite, chains, (chain, n) =>
    story(suite, part, { n, size, rate: 40 }, (world) =>
      chainStory(world, part, chain, n === 0 ? releases : []),
    ),
  );
  return part;
}

/**
 * A takeover needs something that the life before left held. The first settlement may settle all there is (on a busy machine
 * every answer has come by then), so the points of a takeover stand before it.
 */
function settledLast(points: readonly Failpoint[]): Failpoint[] {
  const settled: Failpoint = 'push/after-settle';
  const takeovers = points.filter((point) => point.includes('takeover'));
  const others = points.filter((point) => !takeovers.includes(point));
  return others.flatMap((point) => (point === settled ? [...takeovers, settled] : [point]));
}

async function chainStory(
  world: World,
  part: Part,
  chain: readonly Failpoint[],
  releases: readonly Failpoint[],
): Promise<string[]> {
  const lateIsThere = releases.length > 0;
  const die = async (point: Failpoint, late: boolean): Promise<string[]> => {
    const ended = await world.run(victim, killedAt(point, 1)).ended;
    if (ended.signal !== 'SIGKILL') return [`${point} was not passed; it ended ${ended.code}`];
    part.rounds += 1;
    return violations(world, { finished: false, late });
  };
  for (const point of chain) {
    const wrong = await die(point, false);
    if (wrong.length > 0) return wrong;
  }
  if (lateIsThere) {
    const wrong = await untilDone(world, [victim]);
    await world.addMembers(world.inputs.lateCrosswalk);
    for (const point of releases) wrong.push(...(await die(point, true)));
    if (wrong.length > 0) return wrong;
  }
  return toTheEnd(world, { only: [victim] }, { late: lateIsThere ? 'came' : 'comes' });
}

/** How often the victim passes each point when nothing happens. */
async function passes(
  suite: Suite,
  which: readonly PipelineName[],
): Promise<Readonly<Partial<Record<Failpoint, number>>>> {
  const world = await makeWorld({ server: suite.server, root: suite.root, seed: suite.seed, size, rate: 40 });
  try {
    const counting = { env: { POINTFERRY_FAILPOINTS: 'count' } };
    const lives = which.map((name) => world.run(name, name === victim ? counting : {}));
    await Promise.all(lives.map(({ ended }) => ended));
    const said = world.said.join('\n');
    const wrong = await untilDone(world, which);
    const found = /^failpoints (\{.*\})$/m.exec(said)?.[1];
    if (!found || wrong.length > 0)
      throw new Error(`the run without a fault: ${wrong.join('; ')} ${said.slice(-800)}`);
    return JSON.parse(found) as Partial<Record<Failpoint, number>>;
  } finally {
    await world.close();
  }
}
