/**
 * A ledger that went back: a promoted replica that had not got the last seconds, a folder or a dump restored. Keys of rows
 * are given out again, answers come for what the ledger does not know, and what was sent since then is not in it.
 */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isStopped } from '../world/cli.ts';
import { keepCopy, putCopyInPlace } from './copies.ts';
import { gate, type Judge, until } from './judge.ts';
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
  newestLast,
  type SmallWorld,
  sales,
  salesFile,
} from './small-world.ts';
import { by, each, newPart, type Part, type Suite, storyIn } from './suite.ts';

interface Scene {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly tell: (world: SmallWorld, server: Server) => Promise<string[]>;
  /** Needs no server of its own, since only its database goes back. */
  readonly shared?: boolean;
  readonly core?: boolean;
}

/** A server that restarts must not cost a lease: that is another story. */
const patient = { POINTFERRY_LEASE_MS: '60000', POINTFERRY_HEARTBEAT_MS: '1000' };

const shop = sales(100, 0, 5, 5, 'a');
const web = sales(9_000, 0, 5, 5, 'b');
const many = sales(100, 0, 300, 20, 'a');
const renamed = changesOf(15, 10, 'b');
const nights = [sales(100, 0, 10, 5), sales(200, 0, 10, 5), sales(300, 0, 10, 5)] as const;

/** Three files of one pipeline have sales with ids of their own. */
const nightFile = (night: 0 | 1 | 2): string => salesFile(nights[night]).replaceAll('T-', `N${night}-`);

const night1 = {
  'pipelines/accounts/hang.ts': account(200),
  'pipelines/shop.ts': activities('shop'),
  'in/shop/shop_20260511.csv': nightFile(0),
};

const scenes: readonly Scene[] = [
  {
    name: 'an older copy in place, answers of another pipeline under the same numbers',
    files: {
      'pipelines/accounts/hang.ts': account(50),
      'pipelines/shop.ts': activities('shop'),
      'pipelines/web.ts': activities('web'),
      'in/shop/shop_20260512.csv': salesFile(shop),
      'in/web/web_20260512.csv': salesFile(web),
    },
    tell: sameNumbers,
    core: true,
  },
  {
    name: 'an older copy in place, two pipelines under load',
    files: {
      'pipelines/accounts/hang.ts': account(100),
      'pipelines/shop.ts': activities('shop'),
      'pipelines/crm.ts': changes('crm'),
      'in/shop/shop_20260512.csv': salesFile(many),
      'in/crm/crm_20260512.csv': changesFile(renamed),
    },
    tell: underLoad,
    core: true,
  },
  {
    name: 'an older copy in place between two signs of life',
    files: { ...night1, 'in/shop/shop_20260512.csv': salesFile(many) },
    tell: betweenBeats,
  },
  {
    name: 'a folder restored to the middle of a night, beside another database that writes on',
    files: { ...night1, 'pipelines/accounts/hang.ts': account(20) },
    tell: midNight,
    core: true,
  },
  { name: 'a dump restored between two nights', files: night1, tell: dumpRestored, shared: true, core: true },
  { name: 'a folder restored between two nights', files: night1, tell: folderRestored },
];

export async function ledger(suite: Suite, rounds?: number): Promise<Part> {
  const part = newPart('ledger');
  const repeats = rounds ?? by(suite, { core: 1, short: 1, long: 50 });
  const all = Array.from({ length: repeats }, () => scenes).flat();
  // a scene has the same number in every form
  const wanted = [...all.entries()].filter(([, { core }]) => suite.form !== 'core' || core === true);
  await each(suite, wanted, async ({ name, files, tell, shared }, n) => {
    const server = shared ? suite.server : await startServer();
    try {
      const make = () => makeSmallWorld({ server, root: suite.root, files });
      await storyIn(suite, part, { n, label: name, make }, (world) => tell(world, server));
    } finally {
      if (!shared) await server.close();
    }
    part.rounds += 1;
  });
  return part;
}

// ---------------------------------------------------------------------------------------------- with living processes

/**
 * Numbers of attempts are given out twice. The first pipeline's requests are applied and their answers held back; the
 * copy is put in place; the second's requests get the same numbers, and are cut before they are applied. Then the
 * answers of the first arrive, and must say nothing of the second.
 */
async function sameNumbers(world: SmallWorld, server: Server): Promise<string[]> {
  const { judge } = world;
  // a process that stands still holds its answers for some seconds
  const waiting = { ...patient, POINTFERRY_REQUEST_DEADLINE_MS: '10000' };
  const env = { ...waiting, POINTFERRY_FAILPOINTS: 'normalize/after-chunk=stop' };
  const first = world.run('shop', { env });
  const second = world.run('web', { env });
  if (!(await isStopped(first)) || !(await isStopped(second)))
    return ['they did not stand still before the push'];
  await keepCopy(server);
  const held = gate();
  judge.decide = ({ subject }) =>
    subject.startsWith('a') ? { answerAfter: held.opened } : { applied: false, answer: 'cut' };
  first.signal('SIGCONT');
  await until('the requests of the first', () => judge.requests.length >= shop.length);
  first.signal('SIGSTOP');
  await putCopyInPlace(server);
  second.signal('SIGCONT');
  const cut = (): number => judge.requests.filter(({ subject }) => subject.startsWith('b')).length;
  const over = second.ended.then(() => true);
  await until('the requests of the second', async () => cut() >= web.length || (await soon(over)));
  held.open();
  first.signal('SIGCONT');
  await Promise.race([first.ended, second.ended, sleep(5_000)]);
  judge.decide = () => ({});
  await Promise.all([first.ended, second.ended]);
  return afterwards(world, ['shop', 'web'], () => eachOnce(judge, [...shop, ...web]));
}

const soon = (over: Promise<boolean>): Promise<boolean> => Promise.race([over, sleep(1, false)]);

/** Some seconds of sending are lost while dozens of requests are under way. */
async function underLoad(world: SmallWorld, server: Server): Promise<string[]> {
  const { judge } = world;
  judge.decide = () => ({ answerAfter: sleep(120) });
  const lives = ['shop', 'crm'].map((name) => world.run(name, { env: patient }));
  await until('the first requests', () => judge.applied.length >= 60);
  await keepCopy(server);
  const kept = judge.applied.length;
  await until('what will be lost', () => judge.applied.length >= kept + 120);
  await putCopyInPlace(server);
  await Promise.all(lives.map(({ ended }) => ended));
  return afterwards(world, ['shop', 'crm'], () => [...eachOnce(judge, many), ...newestLast(judge, renamed)]);
}

/** What is lost lies between two signs of life, and the server's log is longer afterwards than before. */
async function betweenBeats(world: SmallWorld, server: Server): Promise<string[]> {
  const { judge } = world;
  judge.decide = () => ({ answerAfter: sleep(120) });
  const life = world.run('shop', { env: { POINTFERRY_LEASE_MS: '60000' } });
  await until('the first requests', () => judge.applied.length >= 60);
  await keepCopy(server);
  await until('what will be lost', () => judge.applied.length >= 120);
  await putCopyInPlace(server);
  await writeElsewhere(server);
  await life.ended;
  const due = [...nights[0], ...many];
  return afterwards(world, ['shop'], () => eachOnce(judge, due));
}

/** The log of the server says nothing of one database in it: others write it on. */
async function writeElsewhere(server: Server): Promise<void> {
  await server.admin('create table if not exists written_elsewhere as select generate_series(1, 20000) as n');
}

/** Nobody ended with 70. A start may end with 3 while it notices; then the next one goes on by itself, to the end. */
async function afterwards(
  world: SmallWorld,
  pipelines: readonly string[],
  applied: () => string[],
): Promise<string[]> {
  const wrong = endedWith(world.ends, [0, 3]);
  wrong.push(...(await claimsHold(world)));
  let left = pipelines;
  for (let turn = 0; turn < 3 && left.length > 0; turn++) {
    const ended = await Promise.all(left.map(async (name) => ({ name, end: await world.run(name).ended })));
    const late = ended.filter(({ end }) => end.code !== 0);
    if (turn > 0) wrong.push(...late.map(({ end }) => `${end.words} ended ${end.code} again: ${end.stderr}`));
    left = late.map(({ name }) => name);
  }
  return [...wrong, ...applied(), ...(await claimsHold(world))];
}

// ---------------------------------------------------------------------------------------------- between two nights

/** Only the newest token is older: the server's log goes on. Marks lie in a place of their own, and work folders go. */
async function dumpRestored(world: SmallWorld, server: Server): Promise<string[]> {
  const name = new URL(world.databaseUrl).pathname.slice(1);
  const backup = `${name}_backup`;
  const copy = async (from: string, to: string): Promise<void> => {
    await server.admin(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname in ('${from}', '${to}')`,
    );
    await server.admin(`drop database if exists ${to} with (force)`);
    await server.admin(`create database ${to} template ${from}`);
  };
  const env = { POINTFERRY_LEDGER_DIR: path.join(world.folder, 'marks') };
  try {
    return await threeNights(world, env, {
      backup: () => copy(name, backup),
      restore: async () => {
        rmSync(path.join(world.folder, 'work'), { recursive: true });
        await copy(backup, name);
      },
    });
  } finally {
    await server.admin(`drop database if exists ${backup} with (force)`);
  }
}

function folderRestored(world: SmallWorld, server: Server): Promise<string[]> {
  return threeNights(world, {}, { backup: () => keepCopy(server), restore: () => putCopyInPlace(server) });
}

/** Night 1, backup, night 2, restore; the platform has forgotten the keys. Night 3 must not begin before a person says so. */
async function threeNights(
  world: SmallWorld,
  env: Readonly<Record<string, string>>,
  { backup, restore }: { readonly backup: () => Promise<void>; readonly restore: () => Promise<void> },
): Promise<string[]> {
  const { judge } = world;
  await world.run('shop', { env }).ended;
  await backup();
  world.write('in/shop/shop_20260512.csv', nightFile(1));
  await world.run('shop', { env }).ended;
  const wrong = endedWith(world.ends, [0]);
  wrong.push(...eachOnce(judge, [...nights[0], ...nights[1]]));
  await restore();
  judge.forget();
  world.write('in/shop/shop_20260513.csv', nightFile(2));
  wrong.push(...(await refusesToSend(world, env)));
  if (wrong.length > 0) return wrong;
  const said = await world.start(['accept-ledger', '--note', 'restored from last night'], { env }).ended;
  wrong.push(...endedWith([said], [0]));
  wrong.push(...endedWith([await world.run('shop', { env }).ended], [0]));
  wrong.push(...onceOf(judge, [...nights[0], ...nights[2]]));
  const sent = judge.requests.length;
  wrong.push(...endedWith([await world.run('shop', { env }).ended], [0]));
  if (judge.requests.length !== sent) wrong.push('a further run sent something');
  return wrong;
}

/** The copy is from the middle of the night that ends before it is put in world: its newest process is known to it. */
async function midNight(world: SmallWorld, server: Server): Promise<string[]> {
  const { judge } = world;
  const life = world.run('shop', { env: { POINTFERRY_LEASE_MS: '60000' } });
  await until('the first requests', () => judge.applied.length >= 3);
  await keepCopy(server);
  const wrong = endedWith([await life.ended], [0]);
  wrong.push(...eachOnce(judge, nights[0]));
  await putCopyInPlace(server);
  await writeElsewhere(server);
  judge.forget();
  return [...wrong, ...(await refusesToSend(world, {}))];
}

async function refusesToSend(world: SmallWorld, env: Readonly<Record<string, string>>): Promise<string[]> {
  const wrong: string[] = [];
  for (const more of [[], ['--yes']]) {
    const sent = world.judge.requests.length;
    const { code, stderr } = await world.start(['run', 'shop', ...more], { env }).ended;
    const requests = world.judge.requests.length - sent;
    if (requests > 0) wrong.push(`run ${more.join(' ')} on a restored ledger sent ${requests} requests`);
    if (code !== 3) wrong.push(`run ${more.join(' ')} on a restored ledger ended ${code}, not 3`);
    else if (!stderr.includes('accept-ledger')) wrong.push('it does not say what to type next');
  }
  return wrong;
}

/** What the ledger knew, and what is new, has one effect; what it had forgotten may have two, as a person has accepted. */
const onceOf = (judge: Judge, due: readonly { card: string; total: string }[]): string[] =>
  due.flatMap(({ card, total }) => {
    const times = judge.applied.filter(
      ({ subject, content }) => subject === card && content.value === total,
    ).length;
    return times === 1 ? [] : [`${card} ${total}: applied ${times} times`];
  });
