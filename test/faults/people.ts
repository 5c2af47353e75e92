/**
 * What people and platforms do between two runs: a refusal that answers a resend, a careful first ten, an account that is
 * renamed, a platform that moves, a cell that no index can hold.
 */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Ended } from '../world/cli.ts';
import { startJudge, until } from './judge.ts';
import {
  account,
  activities,
  changes,
  changesFile,
  claimsHold,
  eachOnce,
  endedWith,
  makeSmallWorld,
  newestLast,
  type Sale,
  type SmallWorld,
  sales,
  salesFile,
} from './small-world.ts';
import { by, each, newPart, type Part, type Suite, storyIn } from './suite.ts';

interface Scene {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly tell: (world: SmallWorld) => Promise<string[]>;
  readonly core?: boolean;
}

const hang = { 'pipelines/accounts/hang.ts': account(100) };
const shopPipeline = { ...hang, 'pipelines/shop.ts': activities('shop') };

const refused = sales(100, 0, 4, 4);
const ten = sales(100, 0, 40, 8);
const few = sales(100, 0, 5, 5);

const scenes: readonly Scene[] = [
  {
    name: 'a refusal of the resend, of activities',
    files: { ...shopPipeline, 'in/shop/shop_20260512.csv': salesFile(refused) },
    tell: activitiesRefused,
    core: true,
  },
  {
    name: 'a refusal of the resend, of changes',
    files: { ...hang, 'pipelines/crm.ts': changes('crm') },
    tell: changesRefused,
    core: true,
  },
  {
    name: '--limit twice',
    files: { ...shopPipeline, 'in/shop/shop_20260512.csv': salesFile(ten) },
    tell: limitTwice,
    core: true,
  },
  {
    name: '--only twice',
    files: { ...shopPipeline, 'in/shop/shop_20260512.csv': salesFile(ten) },
    tell: onlyTwice,
  },
  {
    name: 'an account renamed',
    files: { ...shopPipeline, 'in/shop/shop_20260512.csv': salesFile(few) },
    tell: renamed,
    core: true,
  },
  { name: 'cells that no index can hold', files: { ...shopPipeline }, tell: oversized, core: true },
  {
    name: 'another address and another key',
    files: { ...shopPipeline, 'in/shop/shop_20260512.csv': salesFile(few) },
    tell: otherAddress,
    core: true,
  },
];

export async function people(suite: Suite, rounds?: number): Promise<Part> {
  const part = newPart('people');
  const repeats = rounds ?? by(suite, { core: 1, short: 1, long: 25 });
  const all = Array.from({ length: repeats }, () => scenes).flat();
  // a scene has the same number in every form
  const wanted = [...all.entries()].filter(([, { core }]) => suite.form !== 'core' || core === true);
  await each(suite, wanted, async ({ name, files, tell }, n) => {
    const make = () => makeSmallWorld({ server: suite.server, root: suite.root, files });
    await storyIn(suite, part, { n, label: name, make }, tell);
    part.rounds += 1;
  });
  return part;
}

/** Runs it, and says what is wrong with its end. */
async function ran(world: SmallWorld, args: readonly string[], codes: readonly number[]): Promise<string[]> {
  return endedWith([await world.start(args).ended], codes);
}

/** How many requests it made. */
async function requestsOf(world: SmallWorld, args: readonly string[]): Promise<{ sent: number; end: Ended }> {
  const before = world.judge.requests.length;
  const end = await world.start(args).ended;
  return { sent: world.judge.requests.length - before, end };
}

/** The report that a person is given after a run: rows as they were, with what is wrong with them. */
function errorRows(world: SmallWorld): string[] {
  const runs = path.join(world.folder, 'work', 'runs');
  return readdirSync(runs)
    .map((run) => path.join(runs, run))
    .flatMap((run) => readdirSync(run).map((name) => path.join(run, name)))
    .filter((file) => /errors[^/]*\.csv$/.test(file))
    .flatMap((file) => readFileSync(file, 'utf8').split('\n').slice(1))
    .filter((line) => line !== '');
}

// ---------------------------------------------------------------------------------------------- refusals of a resend

/**
 * Applied, then cut; the resend is refused. That the second request was refused says nothing of the first. Next day the
 * file is corrected: nobody may get both amounts.
 */
async function activitiesRefused(world: SmallWorld): Promise<string[]> {
  const { judge } = world;
  const statuses = [404, 422, 400, 410];
  judge.decide = ({ subject, times }) =>
    times === 1
      ? { answer: 'cut' }
      : { applied: false, answer: { status: statuses[Number(subject.slice(1))] ?? 404 } };
  const wrong = await ran(world, ['run', 'shop'], [1]);
  wrong.push(...eachOnce(judge, refused));
  const listed = errorRows(world);
  for (const { id } of refused) {
    const row = listed.find((line) => line.includes(`"${id}"`));
    if (!row?.includes('"unknown"')) wrong.push(`${id} is not listed as unknown: ${row ?? 'not at all'}`);
  }
  judge.decide = () => ({});
  const corrected: Sale[] = refused.map((sale) => ({ ...sale, total: `${Number(sale.total) + 1_000}` }));
  world.write('in/shop/shop_20260512.csv', salesFile(corrected));
  wrong.push(...(await ran(world, ['run', 'shop'], [1])));
  return [...wrong, ...eachOnce(judge, refused), ...(await claimsHold(world))];
}

/** The same of a state: a resend is safe, what the platform has is not known, and so the next version is sent. */
async function changesRefused(world: SmallWorld): Promise<string[]> {
  const { judge } = world;
  const night = (n: number, first: string) => {
    const change = { card: 'm0', first, at: n };
    world.write(`in/crm/crm_2026051${n}.csv`, changesFile([change]));
    return change;
  };
  night(1, 'Ann');
  const wrong = await ran(world, ['run', 'crm'], [0]);
  night(2, 'Bea');
  judge.decide = ({ times }) =>
    times === 1 ? { answer: 'cut' } : { applied: false, answer: { status: 404 } };
  wrong.push(...(await ran(world, ['run', 'crm'], [1])));
  judge.decide = () => ({});
  const back = night(3, 'Ann'); // what was accepted last, for all that the ledger can say
  wrong.push(...(await ran(world, ['run', 'crm'], [0, 1])));
  return [...wrong, ...newestLast(judge, [back])];
}

// ---------------------------------------------------------------------------------------------- a careful person

async function limitTwice(world: SmallWorld): Promise<string[]> {
  const wrong: string[] = [];
  for (const args of [['run', 'shop'], ['run', 'shop'], ['resume']]) {
    const { sent, end } = await requestsOf(world, [...args, '--limit', '10']);
    if (sent !== 10) wrong.push(`${args.join(' ')} --limit 10 sent ${sent}`);
    wrong.push(...endedWith([end], [4]));
    if (wrong.length > 0) return wrong;
    // more has come meanwhile: while the limit is used up by what is older it is not begun
    world.write('in/shop/shop_20260513.csv', salesFile(sales(900, 0, 5, 5)).replaceAll('T-', 'U-'));
  }
  wrong.push(...(await ran(world, ['run', 'shop'], [0])));
  return [...wrong, ...eachOnce(world.judge, [...ten, ...sales(900, 0, 5, 5)])];
}

async function onlyTwice(world: SmallWorld): Promise<string[]> {
  const wrong: string[] = [];
  for (const id of ['T-1005', 'T-1006']) {
    const { sent, end } = await requestsOf(world, ['run', 'shop', '--only', id]);
    if (sent !== 1) wrong.push(`--only ${id} sent ${sent}`);
    wrong.push(...endedWith([end], [4]));
  }
  wrong.push(...(await ran(world, ['run', 'shop'], [0])));
  return [...wrong, ...eachOnce(world.judge, ten)];
}

// ---------------------------------------------------------------------------------------------- names and addresses

/** The same files, the same world, another name of the account: all of it would be new. */
async function renamed(world: SmallWorld): Promise<string[]> {
  const wrong = await ran(world, ['run', 'shop'], [0]);
  const accounts = path.join(world.folder, 'pipelines', 'accounts');
  renameSync(path.join(accounts, 'hang.ts'), path.join(accounts, 'hang-us.ts'));
  world.write('pipelines/shop.ts', activities('shop', '', 'hang-us'));
  for (const more of [[], ['--yes']]) {
    const { sent, end } = await requestsOf(world, ['run', 'shop', ...more]);
    if (sent > 0) wrong.push(`under another name ${sent} requests left`);
    wrong.push(...endedWith([end], [78]));
  }
  return [...wrong, ...eachOnce(world.judge, few)];
}

/** One operation in doubt at an old address; a person says that the platform is elsewhere now, and the key is new. */
async function otherAddress(world: SmallWorld): Promise<string[]> {
  const { judge } = world;
  const other = await startJudge('localhost');
  try {
    judge.decide = ({ n }) => (n === 1 ? { applied: false, answerAfter: new Promise(() => undefined) } : {});
    const first = world.run('shop');
    await until('the others', () => judge.applied.length >= few.length - 1);
    first.signal('SIGKILL');
    await first.ended;
    const before = judge.requests.length;
    const env = { HANG_BASE_URL: other.url, HANG_API_KEY: 'the-new-key' };
    const wrong = endedWith([await world.run('shop', { env }).ended], [78]);
    if (other.requests.length > 0) wrong.push('requests to the new address before anybody agreed');
    wrong.push(...(await ran(world, ['unpause', 'hang', '--accept-address'], [0])));
    wrong.push(...endedWith([await world.run('shop', { env, boundMs: 40_000 }).ended], [0]));
    const leaked = judge.requests.slice(before).map(({ apiKey }) => apiKey);
    if (leaked.length > 0) wrong.push(`the old address got ${leaked.length} requests with ${leaked[0]}`);
    const key = judge.requests[0]?.key;
    if (!other.applied.some((asked) => asked.key === key)) wrong.push('the new address never got the resend');
    if (other.requests.some(({ apiKey }) => apiKey !== env.HANG_API_KEY)) wrong.push('another key was sent');
    return [...wrong, ...(await claimsHold(world, [...judge.applied, ...other.applied]))];
  } finally {
    await other.close();
  }
}

// ---------------------------------------------------------------------------------------------- cells

/** Does not compress, so that no index of Postgres holds it. */
const huge = (): string => randomBytes(4_500).toString('base64');

/** A row that cannot be kept is a row's fault: its neighbours are delivered. */
async function oversized(world: SmallWorld): Promise<string[]> {
  const { judge } = world;
  const good = sales(100, 0, 6, 3);
  const rows = salesFile(good).split('\n');
  const bad = [`${huge()},m0,7.00,2026-05-12T13:00:00Z`, `T-9001,${huge()},8.00,2026-05-12T13:00:01Z`];
  rows.splice(3, 0, bad[0] ?? '');
  rows.splice(5, 0, bad[1] ?? '');
  world.write('in/shop/shop_20260512.csv', rows.join('\n'));
  const wrong = await ran(world, ['run', 'shop'], [1]);
  wrong.push(...eachOnce(judge, good));
  const listed = errorRows(world).filter((line) => line.includes('NORMALIZE_TOO_LONG'));
  if (listed.length !== bad.length)
    wrong.push(`${listed.length} of ${bad.length} rows are rejected as too long`);
  world.write('members.csv', `key,member_id\n${huge()},m1\nC-1,m1\n`);
  const file = path.join(world.folder, 'members.csv');
  wrong.push(...(await ran(world, ['members', 'import', file, '--account', 'hang'], [1])));
  const known = await world.query(`select from pointferry.crosswalk where key = 'C-1'`);
  if (known.length !== 1) wrong.push('the good member beside it was not imported');
  rmSync(file);
  return wrong;
}
