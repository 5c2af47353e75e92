/** Trouble with Postgres: servers that crash and come back, backends that are ended, COMMITs whose answer is lost. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { below, random } from '../support/random.ts';
import { type Cut, startProxy } from '../support/tcp-proxy.ts';
import { postmasterOf } from './copies.ts';
import { pipelines } from './inputs.ts';
import { violations } from './oracles.ts';
import { type Server, startServer } from './server.ts';
import { by, count, each, newPart, type Part, type Suite, story, toTheEnd } from './suite.ts';
import type { World } from './world.ts';

interface Trouble {
  readonly name: string;
  readonly rate: number;
  readonly each: number;
  readonly tell: (world: World, part: Part, seed: number, suite: Suite) => Promise<string[]>;
  /** A server that may be crashed; `small`: on a disk of its own, which can be filled. */
  readonly own?: 'crashes' | 'small';
  /** Takes minutes. */
  readonly slow?: boolean;
}

const troubles: readonly Trouble[] = [
  { name: 'COMMIT, then cut', rate: 60, each: 24, tell: (w, p, s) => cuts(w, p, s, 'after') },
  { name: 'cut before COMMIT', rate: 60, each: 24, tell: (w, p, s) => cuts(w, p, s, 'before') },
  { name: 'backends ended', rate: 60, each: 24, tell: terminations },
  { name: 'half-open connections', rate: 60, each: 24, tell: halfOpen, slow: true },
  { name: 'immediate restarts', rate: 8, each: 60, tell: restarts, own: 'crashes' },
  { name: 'a full disk', rate: 15, each: 40, tell: fullDisk, own: 'small' },
];

export async function database(suite: Suite, rounds?: number): Promise<Part> {
  const part = newPart('database');
  const repeats = rounds ?? by(suite, { core: 1, short: 2, long: 30 });
  const wanted = troubles.filter(({ slow }) => suite.form === 'long' || slow !== true);
  const all = Array.from({ length: repeats }, () => wanted).flat();
  await each(suite, all.entries(), async (trouble, n) => {
    const { rate } = trouble;
    const size = { members: 8, each: trouble.each };
    const disk = trouble.own === 'small' ? smallDisk() : null;
    if (disk === 'refused') {
      suite.say(`skipped  ${trouble.name}: a disk of its own cannot be mounted here`);
      return;
    }
    const server = trouble.own ? await startServer(disk?.folder) : suite.server;
    try {
      await story(
        { ...suite, server },
        part,
        { n, rate, size },
        (world) => trouble.tell(world, part, suite.seed + n, suite),
        trouble.name,
      );
    } finally {
      if (trouble.own) await server.close();
      disk?.unmount();
    }
    part.rounds += 1;
  });
  return part;
}

/** All three at once; trouble as long as they run. They must come through it by themselves: it costs time only. */
async function under(
  world: World,
  env: Readonly<Record<string, string>>,
  trouble: (running: () => boolean) => Promise<void>,
): Promise<string[]> {
  let running = true;
  const lives = Promise.all(pipelines.map((name) => world.run(name, { env, boundMs: 240_000 }).ended));
  const making = trouble(() => running);
  const ended = await lives;
  running = false;
  await making;
  const wrong = ended
    .filter(({ code }, i) => code !== world.inputs.exitCode[pipelines[i] ?? 'web'])
    .map((end) => `${end.words} ended ${end.code ?? end.signal}: ${end.stderr.slice(-500)}`);
  wrong.push(...(await violations(world, { finished: wrong.length === 0 })));
  return wrong.length > 0 ? wrong : toTheEnd(world);
}

/** Through a proxy that cuts a connection at a COMMIT, again and again: the server has done it (or not), and cannot say so. */
async function cuts(world: World, part: Part, seed: number, when: Cut['when']): Promise<string[]> {
  const next = random(seed);
  const url = new URL(world.databaseUrl);
  const proxy = await startProxy({ host: url.hostname, port: Number(url.port) });
  url.port = String(proxy.port);
  try {
    return await under(world, { DATABASE_URL: url.href }, async (running) => {
      while (running()) {
        await sleep(below(next, 500));
        proxy.faults.cut = { pattern: /commit\0/i, when };
      }
      count(part, `COMMITs cut ${when}`, proxy.cuts());
    });
  } finally {
    await proxy.close();
  }
}

/** A cable is cut for a while, and nobody is told: what was under way never ends by itself. */
async function halfOpen(world: World, part: Part, seed: number): Promise<string[]> {
  const next = random(seed);
  const url = new URL(world.databaseUrl);
  const proxy = await startProxy({ host: url.hostname, port: Number(url.port) });
  url.port = String(proxy.port);
  const patient = { POINTFERRY_LEASE_MS: '45000', POINTFERRY_HEARTBEAT_MS: '2000' };
  try {
    return await under(world, { ...patient, DATABASE_URL: url.href }, async (running) => {
      await sleep(1_500 + below(next, 2_000));
      if (!running()) return;
      proxy.faults.blackHole = true;
      await sleep(1_000);
      proxy.faults.blackHole = false;
      count(part, 'cables cut');
    });
  } finally {
    await proxy.close();
  }
}

/** pg_terminate_backend on whatever the importers have open, idle or not. */
async function terminations(world: World, part: Part, seed: number): Promise<string[]> {
  const next = random(seed);
  return under(world, {}, async (running) => {
    while (running()) {
      await sleep(50 + below(next, 350));
      const ended = await world.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name = 'pointferry' order by random() limit 1`,
      );
      count(part, 'backends ended', ended.length);
    }
  });
}

/** As `pg_ctl restart -m immediate` every few seconds: no shutdown, recovery from the WAL. */
async function restarts(world: World, part: Part, seed: number, suite: Suite): Promise<string[]> {
  const next = random(seed);
  const { server } = world;
  const most = by(suite, { core: 2, short: 4, long: 20 });
  // as a server may take to recover: a lease that ends meanwhile is another story
  const patient = { POINTFERRY_LEASE_MS: '45000', POINTFERRY_HEARTBEAT_MS: '2000' };
  return under(world, patient, async (running) => {
    // a server that is not there at the start is a wrong address as far as anybody can tell
    while (running() && (await world.query('select 1 from pointferry.run')).length < pipelines.length)
      await sleep(20);
    for (let done = 0; done < most && running(); done++) {
      await sleep(1_500 + below(next, 4_000));
      if (!running()) return;
      process.kill(postmasterOf(server), 'SIGQUIT');
      await sleep(300 + below(next, 700));
      await comeBack(server, world.databaseUrl);
      count(part, 'immediate restarts');
    }
  });
}

/**
 * The server's disk is full for a while. Without room for a row a statement fails (53100); without room for its log
 * the whole server ends. A run stops and says so, or waits until the server is back: never more than that.
 */
async function fullDisk(world: World, part: Part, seed: number): Promise<string[]> {
  const next = random(seed);
  const { server } = world;
  const patient = { POINTFERRY_LEASE_MS: '45000', POINTFERRY_HEARTBEAT_MS: '2000' };
  const lives = pipelines.map((name) => world.run(name, { env: patient, boundMs: 240_000 }).ended);
  await sleep(500 + below(next, 4_000));
  const ballast = path.join(server.dir, 'ballast');
  fill(ballast);
  await sleep(4_000);
  rmSync(ballast);
  if (!answers(server)) {
    count(part, 'servers that a full disk ended');
    await comeBack(server, world.databaseUrl);
  }
  const ended = await Promise.all(lives);
  const wrong: string[] = [];
  for (const [i, { words, code, signal, stderr }] of ended.entries()) {
    count(part, `full disk: ended ${code ?? signal}`);
    if (code === world.inputs.exitCode[pipelines[i] ?? 'web']) continue;
    if (code !== 3 || !/CONFIG_DATABASE_(FULL|DOWN)/.test(stderr))
      wrong.push(`${words} ended ${code ?? signal}: ${stderr.slice(-500)}`);
  }
  wrong.push(...(await violations(world, { finished: false })));
  return wrong.length > 0 ? wrong : toTheEnd(world);
}

/** A small disk for a server. Needs the right to mount: a laptop's user has none. */
function smallDisk(): { folder: string; unmount: () => void } | 'refused' {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'pointferry-faults-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=320m', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    rmdirSync(folder);
    return 'refused';
  }
  return {
    folder,
    unmount() {
      execFileSync('umount', ['-l', folder]);
      rmdirSync(folder);
    },
  };
}

/** dd ends with an error once nothing is left, which is what it is for. */
function fill(file: string): void {
  try {
    execFileSync('dd', ['if=/dev/zero', `of=${file}`, 'bs=64k'], { stdio: 'ignore' });
  } catch {
    // full
  }
}

const answers = (server: Server): boolean => {
  try {
    process.kill(postmasterOf(server), 0);
    return true;
  } catch {
    return false;
  }
};

async function comeBack(server: Server, url: string): Promise<void> {
  await server.restart();
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  await client.end();
}
