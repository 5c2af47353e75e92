/**
 * Who is dead? Processes that cannot see each other, and a database whose clock is set: a living process is never taken
 * for dead at once, two never fence each other, nothing waits for hours, and a real death is noticed within the lease.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { gate, until } from './judge.ts';
import { canBe, type Sight, seenAs } from './namespaces.ts';
import { type ClockedServer, clocksCanBeSet, startClockedServer } from './server-clock.ts';
import {
  account,
  activities,
  type Change,
  changes,
  changesFile,
  changesOf,
  claimsHold,
  eachOnce,
  endedWith,
  makeSmallWorld,
  neverBack,
  newestLast,
  type SmallWorld,
  sales,
  salesFile,
} from './small-world.ts';
import { by, count, each, newPart, type Part, type Suite, storyIn } from './suite.ts';

interface Scene {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly core?: boolean;
  /** Says what others say already, once more: in the long form. */
  readonly long?: boolean;
}
interface SightScene extends Scene {
  readonly sight: Sight;
  readonly tell: (world: SmallWorld, sight: Sight) => Promise<string[]>;
}
interface ClockScene extends Scene {
  readonly tell: (world: SmallWorld, server: ClockedServer) => Promise<string[]>;
}

const apart = 'a pid namespace of its own';
const hidden = 'a user who sees no other';

const older: Change = { card: 'm0', first: 'Old', at: 0 };
const newer: Change = { card: 'm0', first: 'New', at: 1 };
const stateFiles = {
  'pipelines/accounts/hang.ts': account(50),
  'pipelines/early.ts': changes('early'),
  'pipelines/late.ts': changes('late'),
  'in/early/early_20260512.csv': changesFile([older]),
  'in/late/late_20260512.csv': changesFile([newer]),
};

const shop = sales(100, 0, 40, 5);
const web = sales(9_000, 0, 40, 5);
const sharedMembers = {
  'pipelines/accounts/hang.ts': account(20),
  'pipelines/shop.ts': activities('shop'),
  'pipelines/web.ts': activities('web'),
  'in/shop/shop_20260512.csv': salesFile(shop),
  'in/web/web_20260512.csv': salesFile(web),
};

const sightScenes: readonly SightScene[] = [
  { name: 'an older state that lands late', sight: apart, files: stateFiles, tell: landsLate, core: true },
  { name: 'one pipeline twice', sight: apart, files: sharedMembers, tell: twice, core: true },
  { name: 'two pipelines, the same members', sight: hidden, files: sharedMembers, tell: both, core: true },
  { name: 'a death', sight: apart, files: sharedMembers, tell: death, core: true },
  { name: 'an older state that lands late', sight: hidden, files: stateFiles, tell: landsLate },
  { name: 'one pipeline twice', sight: hidden, files: sharedMembers, tell: twice },
  { name: 'two pipelines, the same members', sight: apart, files: sharedMembers, tell: both },
  { name: 'a death', sight: hidden, files: sharedMembers, tell: death },
];

const steady = sales(100, 0, 50, 10, 'a');
const renamed = changesOf(8, 6, 'b');
const clockFiles = {
  'pipelines/accounts/hang.ts': account(25),
  'pipelines/shop.ts': activities('shop'),
  'pipelines/crm.ts': changes('crm'),
  'in/shop/shop_20260512.csv': salesFile(steady),
  'in/crm/crm_20260512.csv': changesFile(renamed),
};
const hours = 3_600;

/** First, since they wait most: others are told beside them. */
const clockScenes: readonly ClockScene[] = [
  { name: "the database's clock, -2 h", files: clockFiles, tell: stepsBy([-2 * hours]), core: true },
  { name: "the database's clock, +2 h", files: clockFiles, tell: stepsBy([2 * hours]), core: true },
  {
    name: "the database's clock, to and fro",
    files: clockFiles,
    tell: stepsBy([2 * hours, -3 * hours, 0]),
    long: true,
  },
];

export async function deaths(suite: Suite, rounds?: number): Promise<Part> {
  const part = newPart('death');
  const repeats = rounds ?? by(suite, { core: 1, short: 1, long: 50 });
  const all = Array.from({ length: repeats }, () => [...clockScenes, ...sightScenes]).flat();
  // a scene has the same number in every form
  const wanted = [...all.entries()].filter(([, scene]) => isIn(suite, scene));
  await each(suite, wanted, async (scene, n) => {
    await ('sight' in scene ? unseen(suite, part, n, scene) : clocked(suite, part, n, scene));
  });
  return part;
}

const isIn = ({ form }: Suite, { core = false, long = false }: Scene): boolean =>
  form === 'long' || (form === 'short' ? !long : core);

function skip(suite: Suite, part: Part, why: string): void {
  suite.say(`skipped  ${why}`);
  count(part, `skipped: ${why}`);
}

async function unseen(suite: Suite, part: Part, n: number, scene: SightScene): Promise<void> {
  const { sight, files, tell } = scene;
  if (!canBe(sight)) return skip(suite, part, `${sight} cannot be made here (Linux, as root)`);
  const make = () => makeSmallWorld({ server: suite.server, root: suite.root, files });
  const label = `${scene.name}: ${sight}`;
  await storyIn(suite, part, { n, label, make }, (world) => tell(world, sight));
  part.rounds += 1;
}

async function clocked(suite: Suite, part: Part, n: number, scene: ClockScene): Promise<void> {
  if (!clocksCanBeSet) return skip(suite, part, 'libfaketime is not installed (apt-get install faketime)');
  const server = await startClockedServer();
  try {
    const make = () => makeSmallWorld({ server, root: suite.root, files: scene.files });
    await storyIn(suite, part, { n, label: scene.name, make }, (world) => scene.tell(world, server));
  } finally {
    await server.close();
  }
  part.rounds += 1;
}

// ---------------------------------------------------------------------------------------------- out of sight

/** Longer than anything here takes: a lease that runs out is another story. */
const long = { POINTFERRY_LEASE_MS: '45000', POINTFERRY_REQUEST_DEADLINE_MS: '20000' };

/** Processes that have registered, whatever became of them: only to know when the second one is there. */
const starts = async ({ query }: SmallWorld): Promise<number> =>
  (await query('select from pointferry.owner')).length;

/**
 * The platform applies the first request some seconds after it came. A second process that takes the first for dead sends
 * the doubt again, then its newer state, and then the first request lands on top of it.
 */
async function landsLate(world: SmallWorld, sight: Sight): Promise<string[]> {
  const { judge } = world;
  const slow = gate();
  judge.decide = ({ n }) => (n === 1 ? { applyAfter: slow.opened } : {});
  const first = world.run('early', { env: long });
  await until('the first request', () => judge.requests.length > 0);
  const theirs = seenAs(world, sight);
  const second = world.run('late', { ...theirs, env: { ...long, ...theirs.env } });
  await until('the second process', async () => (await starts(world)) > 1);
  await Promise.race([second.ended, sleep(3_000)]);
  slow.open();
  const ended = await Promise.all([first.ended, second.ended]);
  const list = [older, newer];
  return [...endedWith(ended, [0]), ...neverBack(judge, list), ...newestLast(judge, list)];
}

/** The second is told who it is that runs, or waits and finds everything done. */
async function twice(world: SmallWorld, sight: Sight): Promise<string[]> {
  const first = world.run('shop', { env: long });
  await until('some requests', () => world.judge.applied.length >= 3);
  const theirs = seenAs(world, sight);
  const second = world.run('shop', { ...theirs, env: { ...long, ...theirs.env } });
  const [one, other] = await Promise.all([first.ended, second.ended]);
  const wrong = [...endedWith([one], [0]), ...endedWith([other], [0, 66, 75])];
  return [...wrong, ...eachOnce(world.judge, shop), ...(await claimsHold(world))];
}

/** Neither has anything to fear of the other: both end well, and nothing was sent twice. */
async function both(world: SmallWorld, sight: Sight): Promise<string[]> {
  world.judge.decide = () => ({ answerAfter: sleep(250) }); // so that something is always in flight
  const first = world.run('shop', { env: long });
  await until('some requests', () => world.judge.applied.length >= 3);
  const theirs = seenAs(world, sight);
  const second = world.run('web', { ...theirs, env: { ...long, ...theirs.env } });
  const wrong = endedWith(await Promise.all([first.ended, second.ended]), [0]);
  const again = world.judge.requests.length - shop.length - web.length;
  if (again > 0) wrong.push(`${again} requests were sent again`);
  return [...wrong, ...eachOnce(world.judge, [...shop, ...web])];
}

/** The other one really dies, out of sight, with a request on the wire: its short lease is waited for, not the usual 45 s. */
async function death(world: SmallWorld, sight: Sight): Promise<string[]> {
  const { judge } = world;
  const short = { POINTFERRY_LEASE_MS: '4500', POINTFERRY_HEARTBEAT_MS: '500' };
  const theirs = seenAs(world, sight);
  judge.decide = ({ n }) => (n === 8 ? { answerAfter: gate().opened } : {});
  const first = world.run('shop', { ...theirs, env: { ...theirs.env, ...short } });
  await until('a request on the wire', () => judge.requests.length >= 8);
  first.signal('SIGKILL');
  await first.ended;
  const from = performance.now();
  const ended = await world.run('shop', { env: short }).ended;
  const wrong = endedWith([ended], [0]);
  const seconds = (performance.now() - from) / 1_000;
  if (seconds > 40) wrong.push(`it took ${seconds.toFixed(1)} s to go on after a death`);
  return [...wrong, ...eachOnce(judge, shop), ...(await claimsHold(world))];
}

// ---------------------------------------------------------------------------------------------- clocks

/** A heartbeat that does not come just after the step, by luck. */
const calm = { POINTFERRY_LEASE_MS: '12000', POINTFERRY_HEARTBEAT_MS: '3000' };

/** While two pipelines send and a dozen operations wait for their resend, the clock is set, again and again. */
function stepsBy(steps: readonly number[]): ClockScene['tell'] {
  return async (world, server) => {
    const { judge, query } = world;
    judge.decide = ({ n, times }) => (n % 20 >= 12 && times === 1 ? { applied: false, answer: 'cut' } : {});
    const lives = ['shop', 'crm'].map((name) => world.run(name, { env: calm, boundMs: 90_000 }));
    for (const step of steps) {
      const sent = judge.requests.length;
      const waiting = `select from pointferry.operation where state = 'in_doubt'`;
      const over = Promise.all(lives.map(({ ended }) => ended)).then(() => true);
      const ready = async (): Promise<boolean> =>
        judge.requests.length >= sent + 20 && (await query(waiting)).length >= 3;
      await until('doubts', async () => (await ready()) || Promise.race([over, sleep(1, false)]));
      server.setClock(step);
    }
    const ended = await Promise.all(lives.map((life) => life.ended));
    const wrong = endedWith(ended, [0]);
    wrong.push(...eachOnce(judge, steady), ...neverBack(judge, renamed), ...newestLast(judge, renamed));
    return [...wrong, ...(await claimsHold(world))];
  };
}
