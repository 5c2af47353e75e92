/** Two that want the same: owners that come back from the dead, starts at once, imports, reruns, and a person's Ctrl-C. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Failpoint } from '../../src/db/failpoint.ts';
import { below, pick, random } from '../support/random.ts';
import { type Ended, isStopped } from '../world/cli.ts';
import { type PipelineName, pipelines } from './inputs.ts';
import { violations } from './oracles.ts';
import { by, count, each, newPart, type Part, type Suite, story, toTheEnd, untilDone } from './suite.ts';
import { account, type World } from './world.ts';

interface Race {
  readonly name: string;
  readonly rate: number;
  readonly tell: (world: World, part: Part, next: () => number) => Promise<string[]>;
}

const races: readonly Race[] = [
  { name: 'stopped past its lease', rate: 40, tell: stoppedPastLease },
  { name: 'two starts', rate: 100, tell: starts },
  { name: 'crosswalk import against normalize', rate: 100, tell: imports },
  { name: 'SIGTERM', rate: 30, tell: terms },
  { name: 'rerun against the nightly runs', rate: 60, tell: reruns },
  { name: 'an older state rerun after a newer one', rate: 100, tell: olderState },
];

export async function race(suite: Suite, rounds?: number): Promise<Part> {
  const part = newPart('races');
  const repeats = rounds ?? by(suite, { core: 1, short: 3, long: 200 });
  const all = Array.from({ length: repeats }, () => races).flat();
  await each(suite, all.entries(), async ({ name, rate, tell }, n) => {
    const size = { members: 5, each: 14 };
    await story(suite, part, { n, rate, size }, (world) => tell(world, part, random(suite.seed + n)), name);
    part.rounds += 1;
  });
  return part;
}

// ---------------------------------------------------------------------------------------------- leases

/** Points at which a process may stand still for long without holding locks. */
const stops: readonly Failpoint[] = [
  ...(['run/after-stage', 'stage/after-land', 'normalize/after-build'] as const),
  ...(['normalize/after-chunk', 'push/after-claim'] as const),
  ...(['push/after-permit', 'push/after-intent', 'push/before-send', 'push/after-send'] as const),
];

async function stoppedPastLease(world: World, part: Part, next: () => number): Promise<string[]> {
  const point = pick(next, stops);
  count(part, `stopped at ${point}`);
  const sent = (requests: number): void => count(part, 'requests of an owner that was taken over', requests);
  return stoppedAt(world, pick(next, ['tills', 'web'] as const), point, 1 + below(next, 2), sent);
}

/** SIGSTOP, the lease runs out, another goes on to the end; then the first comes back and must change nothing. */
export async function stoppedAt(
  world: World,
  pipeline: PipelineName,
  point: Failpoint,
  at: number,
  sent: (requests: number) => void = () => undefined,
): Promise<string[]> {
  const env = {
    POINTFERRY_LEASE_MS: '3000',
    POINTFERRY_HEARTBEAT_MS: '400',
    POINTFERRY_FAILPOINTS: `${point}=stop@${at}`,
  };
  const first = world.run(pipeline, { env });
  if (!(await isStopped(first))) return at > 1 ? [] : [`it never stood still at ${point}`];
  await sleep(3_200);
  const wrong = await untilDone(world, [pipeline]);
  const before = await settled(world);
  const requests = (await world.admin.stats()).hang.requests;
  first.signal('SIGCONT');
  const ended = await first.ended;
  sent((await world.admin.stats()).hang.requests - requests);
  if (ended.code === 0) wrong.push('an owner that was taken over ended with 0');
  if (ended.ms > 60_000) wrong.push(`an owner that was taken over went on for ${ended.ms} ms`);
  if ((await settled(world)) !== before)
    wrong.push('an owner that was taken over has changed what was settled');
  if (wrong.length > 0) return wrong;
  return toTheEnd(world, { only: [pipeline] });
}

/** Everything that a settlement may change. */
async function settled(world: World): Promise<string> {
  const operations = await world.query(
    `select id, state, revision, attempts, resends, settled_at, settled_by, code from pointferry.operation order by id`,
  );
  const lanes = await world.query(`select id, in_flight from pointferry.lane order by id`);
  const runs = await world.query(`select id, status, exit_code, stage from pointferry.run order by seq`);
  return JSON.stringify([operations, lanes, runs]);
}

/** Several starts of one pipeline: the database lets one be the owner; the others say who it is and end with 75. */
async function starts(world: World): Promise<string[]> {
  const wrong: string[] = [];
  const ended = await Promise.all(Array.from({ length: 4 }, () => world.run('web').ended));
  const busy = ended.filter(({ code }) => code === 75);
  const others = ended.filter(({ code }) => code !== 75);
  if (others.length === 0) wrong.push('nobody ran');
  if (others.some(({ code }) => code !== 0))
    wrong.push(`they ended ${ended.map(({ code }) => code).join(', ')}`);
  if (busy.some(({ stderr }) => !/held by .*pid \d+/.test(stderr)))
    wrong.push('75 without the name of the holder');
  return wrong.length > 0 ? wrong : toTheEnd(world, { only: ['web'] });
}

// ---------------------------------------------------------------------------------------------- members

/** Members come while their rows are being normalized: parked and released, or known at once, but never lost. */
async function imports(world: World, _part: Part, next: () => number): Promise<string[]> {
  const file = path.join(world.folder, 'members.csv');
  const lines = world.inputs.lateCrosswalk.map(([key, id]) => `${key},${id}`);
  writeFileSync(file, `key,member_id\n${lines.join('\n')}\n`);
  const lives = pipelines.map((name) => world.run(name).ended);
  await sleep(below(next, 2_500));
  const { code, stderr } = await world.start(['members', 'import', file, '--account', account]).ended;
  await Promise.all(lives);
  if (code !== 0) return [`members import ended ${code}: ${stderr.slice(-300)}`];
  const wrong = await violations(world, { finished: false, late: true });
  return wrong.length > 0 ? wrong : toTheEnd(world, {}, { late: 'came' });
}

// ---------------------------------------------------------------------------------------------- people

/** Asked to stop: in-flight requests end, the rest is pending, exit code 4. A second signal ends it at once. */
async function terms(world: World, part: Part, next: () => number): Promise<string[]> {
  const wrong: string[] = [];
  for (let n = 0; n < 3; n++) {
    const lives = pipelines.map((name) => ({ name, life: world.run(name) }));
    await sleep(300 + below(next, 2_500));
    const twice = next() < 0.3;
    const asked = performance.now();
    for (const { life } of lives) life.signal('SIGTERM');
    if (twice) {
      await sleep(below(next, 300));
      for (const { life } of lives) life.signal('SIGTERM');
    }
    const ended = await Promise.all(lives.map(({ life }) => life.ended));
    if (performance.now() - asked > 20_000) wrong.push('it took more than 20 s to stop');
    for (const end of ended) count(part, `SIGTERM ends with ${end.code ?? end.signal}`);
    wrong.push(...ended.flatMap((end, i) => badStop(world, end, pipelines[i] ?? 'web')));
    wrong.push(...(await violations(world, { finished: false, codes: [143] })));
    if (wrong.length > 0) return wrong;
  }
  return toTheEnd(world, { codes: [143] });
}

/** 4, or what the run ends with where it was done already; before Node listens a signal ends the process itself. */
function badStop(world: World, { code, signal, words }: Ended, pipeline: PipelineName): string[] {
  if (signal === 'SIGTERM' || code === 4 || code === 0 || code === world.inputs.exitCode[pipeline]) return [];
  return [`${words}: SIGTERM ended it with ${code ?? signal}`];
}

/** Rows refused once are rerun while other pipelines send for the same members. */
async function reruns(world: World, part: Part, next: () => number): Promise<string[]> {
  const refused = { kind: 'status', status: 422 } as const;
  await world.admin.setFaults([{ platform: 'hang', route: 'hang.activity', share: 0.4, do: refused }]);
  const { code } = await world.run('tills').ended;
  if (code !== 1) return [`tills ended ${code}`];
  await world.admin.setFaults([]);
  const failed = await world.query(`select 1 from pointferry.operation where state = 'failed'`);
  count(part, 'operations rerun', failed.length);
  const lives = (['web', 'people'] as const).map((name) => world.run(name).ended);
  await sleep(below(next, 800));
  // twice at once: the second finds the rows taken, or nothing left of them
  const again = [0, 1].map(() => world.start(['rerun', 'tills@last', '--stage', 'push']).ended);
  const ended = await Promise.all(again);
  await Promise.all(lives);
  const wrong = ended
    .filter((end) => end.code !== 0 && end.code !== 66 && end.code !== 75 && end.code !== 64)
    .map((end) => `rerun ended ${end.code}: ${end.stderr.slice(-400)}`);
  if (ended.every((end) => end.code !== 0))
    wrong.push(`no rerun ran: ${ended.map((end) => end.stderr).join(' ')}`);
  const expected = { codes: [64], order: false };
  wrong.push(...(await violations(world, { ...expected, finished: false })));
  return wrong.length > 0 ? wrong : toTheEnd(world, expected);
}

/** A refused older state, sent again when a newer one was accepted: nothing may be overwritten. */
async function olderState(world: World, part: Part): Promise<string[]> {
  const refused = { kind: 'status', status: 422 } as const;
  await world.admin.setFaults([{ platform: 'hang', route: 'hang.member', nth: [1, 2, 3], do: refused }]);
  await world.run('people').ended;
  await world.admin.setFaults([]);
  const failed = await world.query(`select 1 from pointferry.operation where state = 'failed'`);
  if (failed.length !== 3) return [`${failed.length} operations failed, expected 3`];
  const { code, stderr } = await world.start(['rerun', 'people@last', '--stage', 'push']).ended;
  if (code !== 0) return [`rerun ended ${code}: ${stderr.slice(-400)}`];
  const rows = await world.query<{ state: string; n: string }>(
    'select state, count(*) as n from pointferry.operation group by state order by state',
  );
  for (const { state, n } of rows) count(part, `older states: ${state}`, Number(n));
  return violations(world, { finished: true, only: ['people'], books: false });
}
