/**
 * Many operations, three processes on one account, a platform that cuts, loses and fails, and deaths without end: of
 * importers by SIGKILL, of the server by an immediate stop or kill -9. Judged by the platform's journal alone.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { below, pick, random } from '../support/random.ts';
import type { CliProcess } from '../world/cli.ts';
import { crash, kill } from './copies.ts';
import type { Asked, Fate, Judge } from './judge.ts';
import { type Server, startServer } from './server.ts';
import {
  account,
  activities,
  changes,
  changesFile,
  changesOf,
  claimsHold,
  eachOnce,
  endedWith,
  makeSmallWorld,
  neverBack,
  newestLast,
  type Sale,
  type SmallWorld,
  sales,
  salesFile,
} from './small-world.ts';
import { by, count, each, newPart, type Part, type Suite, storyIn } from './suite.ts';

const pipelines = ['shop', 'web', 'crm'] as const;

interface Crowd {
  readonly shop: readonly Sale[];
  readonly web: readonly Sale[];
  readonly crm: ReturnType<typeof changesOf>;
}

/** Two fifths are sales of one pipeline, two of another, one fifth changes; members are shared by all three. */
function crowdOf(operations: number): Crowd {
  const cards = Math.ceil(operations / 25);
  const each = Math.floor((operations * 2) / 5);
  return {
    shop: sales(100, 0, each, cards),
    web: sales(1_000_000, 0, each, cards),
    crm: changesOf(cards, Math.floor(operations / 5 / cards)),
  };
}

export async function crowds(suite: Suite, rounds?: number): Promise<Part> {
  const part = newPart('crowd');
  const operations = by(suite, { core: 1_000, short: 2_000, long: 50_000 });
  const items = Array.from({ length: rounds ?? 1 }, () => operations).entries();
  await each({ ...suite, jobs: 1 }, items, async (size, n) => {
    const crowd = crowdOf(size);
    const server = await startServer();
    try {
      const make = () => makeSmallWorld({ server, root: suite.root, files: filesOf(crowd) });
      const label = `${size} operations`;
      const tell = (world: SmallWorld) => tellCrowd(world, server, crowd, part, random(suite.seed + n));
      await storyIn(suite, part, { n, label, make }, tell);
    } finally {
      await server.close();
    }
    part.rounds += 1;
  });
  return part;
}

const filesOf = ({ shop, web, crm }: Crowd): Record<string, string> => ({
  'pipelines/accounts/hang.ts': account(400),
  'pipelines/shop.ts': activities('shop'),
  'pipelines/web.ts': activities('web'),
  'pipelines/crm.ts': changes('crm'),
  'in/shop/shop_20260512.csv': salesFile(shop),
  'in/web/web_20260512.csv': salesFile(web),
  'in/crm/crm_20260512.csv': changesFile(crm),
});

/** 2 % applied and cut, 2 % cut, 5 % answered 500, applied or not. */
function harm(next: () => number): Fate {
  const draw = next();
  if (draw < 0.02) return { answer: 'cut' };
  if (draw < 0.04) return { applied: false, answer: 'cut' };
  if (draw < 0.09) return { applied: draw < 0.06, answer: { status: 500 } };
  return {};
}

async function tellCrowd(
  world: SmallWorld,
  server: Server,
  crowd: Crowd,
  part: Part,
  next: () => number,
): Promise<string[]> {
  const { judge } = world;
  judge.decide = () => harm(next);
  await untilAllEnd(world, server, part, next);
  count(part, 'requests', judge.requests.length);
  count(part, 'effects', judge.applied.length);
  return [
    ...endedWith(world.ends, [0, 3]),
    ...eachOnce(judge, [...crowd.shop, ...crowd.web]),
    ...inOrder(judge),
    ...neverBack(judge, crowd.crm),
    ...newestLast(judge, crowd.crm),
    ...(await claimsHold(world)),
  ];
}

/** Whoever was killed, or lost the database, is started again; somebody dies every few hundred requests. */
async function untilAllEnd(world: SmallWorld, server: Server, part: Part, next: () => number): Promise<void> {
  // a server that recovers for long must not cost a lease: that is another story
  const env = { POINTFERRY_LEASE_MS: '45000', POINTFERRY_HEARTBEAT_MS: '2000' };
  const lives = new Map<string, CliProcess>();
  const keep = async (name: string): Promise<void> => {
    for (;;) {
      const life = world.run(name, { env, boundMs: 1_800_000 });
      lives.set(name, life);
      const { code } = await life.ended;
      if (code !== null && code !== 3) break;
      count(part, code === 3 ? 'ends with 3' : 'importers killed');
    }
    lives.delete(name);
  };
  const all = Promise.all(pipelines.map(keep)).then(() => true);
  const over = (): Promise<boolean> => Promise.race([all, sleep(5, false)]);
  while (!(await over())) {
    const due = world.judge.requests.length + 150 + below(next, 400);
    while (world.judge.requests.length < due) if (await over()) return;
    if (next() < 0.7) lives.get(pick(next, pipelines))?.signal('SIGKILL');
    else {
      await (next() < 0.5 ? crash(server) : kill(server));
      await server.restart();
      count(part, 'servers killed');
    }
  }
}

/** The sales of one file and one member, in the order of the file: totals rise from row to row. */
function inOrder({ applied }: Judge): string[] {
  const last = new Map<string, number>();
  return applied
    .filter(({ kind }) => kind === 'activity')
    .flatMap(({ n, subject, content }: Asked) => {
      const total = Number(content.value);
      const lane = `${subject} ${total < 1_000_000 ? 'shop' : 'web'}`;
      const before = last.get(lane) ?? 0;
      last.set(lane, Math.max(total, before));
      return total > before ? [] : [`request ${n}: ${subject} ${total} after ${before}`];
    });
}
