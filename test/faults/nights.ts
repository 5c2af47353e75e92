/**
 * Nights that nobody planned: files, corrections, files sent again, deaths, refusals, reruns and members that come late,
 * in any order. What every file held is known; what must hold at every moment follows from it:
 * nothing has two effects, no effect has content that no file held, no older state follows a newer one, rows balance.
 * At last everything is mended, and each sale that was ever told in one way has its one effect.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../../src/sandbox/faults.ts';
import { below, pick, random } from '../support/random.ts';
import { readJournal, textIn } from './journal.ts';
import { outside } from './oracles.ts';
import { by, count, each, newPart, type Part, type Suite, story } from './suite.ts';
import { account, type World } from './world.ts';

const sales = `\
import { definePipeline, local } from 'pointferry';

export default definePipeline({
  account: '${account}',
  operation: 'hang.activity',
  source: local('in/sales/*.csv'),
  businessDate: { fileName: 'sales_{yyyyMMdd}' },
  identity: { source: 'shop', columns: ['sale'] },
  columns: {
    member: { from: 'member', via: 'crosswalk', unknown: 'park' },
    activity_type_id: { constant: 'purchase' },
    value: { from: 'total' },
    transaction_timestamp: { from: 'at' },
  },
  amount: { from: 'total', currency: 'USD' },
});
`;

const profiles = `\
import { definePipeline, local } from 'pointferry';

export default definePipeline({
  account: '${account}',
  operation: 'hang.member',
  source: local('in/profiles/*.csv'),
  businessDate: { fileName: 'profiles_{yyyyMMdd}' },
  version: { from: 'changed', as: 'timestamp' },
  columns: { member: { from: 'member', via: 'crosswalk', unknown: 'park' }, first_name: { from: 'first' } },
});
`;

const names = ['sales', 'profiles'] as const;
const members = 4;
/** The last one is not in the crosswalk at first. */
const keyOf = (n: number): string => `K-${n}`;
const idOf = (n: number): string => `k${n}`;
const noon = Date.UTC(2026, 4, 1, 12) / 1000;

interface Sale {
  readonly sale: number;
  readonly member: number;
  /** `abc` where the till made a mistake. */
  readonly total: string;
}

/** What the shop has told so far. */
interface Shop {
  readonly next: () => number;
  day: number;
  sold: number;
  changed: number;
  /** Valid tellings of each sale, `member total`, whether a run has read them or not. */
  readonly told: Map<number, Set<string>>;
  /** What each file of sales holds now: one that is corrected before a run has come was never read as it was. */
  readonly files: Map<string, readonly Sale[]>;
  /** Names of each member by when they were changed; each name stands once. */
  readonly named: Map<string, { readonly member: number; readonly at: number }>;
  file: { readonly name: string; readonly sales: readonly Sale[] } | null;
  readonly known: Set<number>;
}

export async function nights(suite: Suite, rounds?: number): Promise<Part> {
  const part = newPart('nights');
  const stories = rounds ?? by(suite, { core: 2, short: 6, long: 500 });
  const numbered = Array.from({ length: stories }, (_none, n): [number, null] => [n, null]);
  await each(suite, numbered, async (_none, n) => {
    const options = { n, rate: 100, size: { members, each: 1 } };
    await story(suite, part, options, (world) => tell(world, part, random(suite.seed + n)));
    part.rounds += 1;
  });
  return part;
}

async function tell(world: World, part: Part, next: () => number): Promise<string[]> {
  const shop: Shop = {
    next,
    day: 0,
    sold: 0,
    changed: 0,
    told: new Map(),
    files: new Map(),
    named: new Map(),
    file: null,
    known: new Set(Array.from({ length: members - 1 }, (_none, n) => n)),
  };
  await open(world);
  const trail: string[] = [];
  for (let n = 0; n < 16; n++) {
    const [name, deed] = pick(next, deeds);
    count(part, name);
    trail.push(`${name} ${(await deed(world, shop)) ?? ''}`);
    const wrong = await always(world, shop);
    if (wrong.length > 0) return [...wrong, `after: ${trail.join('; ')}`];
  }
  const wrong = await mended(world, shop);
  return wrong.length > 0 ? [...wrong, `after: ${trail.join('; ')}`] : [];
}

async function open(world: World): Promise<void> {
  for (const [name, text] of Object.entries({ sales, profiles })) {
    mkdirSync(path.join(world.folder, 'in', name), { recursive: true });
    writeFileSync(path.join(world.folder, 'pipelines', `${name}.ts`), text);
  }
  await world.admin.seed({
    hang: { members: Array.from({ length: members }, (_none, n) => ({ id: idOf(n) })) },
  });
  const entries = Array.from({ length: members - 1 }, (_none, n) => [keyOf(n), idOf(n)] as const);
  await world.addMembers(entries);
}

// ---------------------------------------------------------------------------------------------- what happens

type Deed = (world: World, shop: Shop) => Promise<string | undefined> | string | undefined;

const deeds: readonly (readonly [string, Deed])[] = [
  ['a file', newFile],
  ['a file', newFile],
  ['a file', newFile],
  ['a correction', correction],
  ['the same again', again],
  ['profiles', newProfiles],
  ['profiles', newProfiles],
  ['a run', (world, shop) => run(world, [pick(shop.next, names)])],
  ['a run', (world) => run(world, names)],
  ['a run', (world) => run(world, names)],
  ['two runs of one', (world) => run(world, ['sales', 'sales'])],
  ['a death', death],
  ['a death', death],
  ['trouble', trouble],
  ['peace', (world) => void world.admin.setFaults([])],
  ['a rerun', rerun],
  ['a rerun', rerun],
  ['a member', member],
];

const dayName = (day: number): string =>
  new Date((noon + day * 86_400) * 1000).toISOString().slice(0, 10).replaceAll('-', '');

function writeSales(world: World, shop: Shop, name: string, list: readonly Sale[]): string {
  const rows = list.map(
    ({ sale, member: of, total }) =>
      `S-${sale},${keyOf(of)},${total},${new Date((noon + sale) * 1000).toISOString()}`,
  );
  writeFileSync(path.join(world.folder, 'in/sales', name), `sale,member,total,at\n${rows.join('\n')}\n`);
  for (const { sale, member: of, total } of list) {
    if (total === 'abc') continue;
    const told = shop.told.get(sale) ?? new Set();
    shop.told.set(sale, told.add(`${idOf(of)} ${total}`));
  }
  shop.file = { name, sales: list };
  shop.files.set(name, list);
  return `${name}: ${list.map(({ sale, total }) => `${sale}=${total}`).join(' ')}`;
}

const price = (shop: Shop): string => (10 + below(shop.next, 9_000) / 100).toFixed(2);

function newSale(shop: Shop): Sale {
  shop.sold += 1;
  const total = shop.next() < 0.12 ? 'abc' : price(shop);
  return { sale: shop.sold, member: below(shop.next, members), total };
}

/** New sales; some of an earlier file come along once more, now and then told otherwise. */
function newFile(world: World, shop: Shop): string {
  const list = Array.from({ length: 3 + below(shop.next, 5) }, () => newSale(shop));
  for (const old of shop.file?.sales ?? []) {
    if (shop.next() < 0.15) list.push(shop.next() < 0.5 ? old : { ...old, total: price(shop) });
  }
  shop.day += 1;
  return writeSales(world, shop, `sales_${dayName(shop.day)}.csv`, list);
}

/** The last file under its own name: mistakes mended, something told otherwise, something left out. */
function correction(world: World, shop: Shop): string | undefined {
  if (shop.file === null) return;
  const list = shop.file.sales
    .filter(() => shop.next() > 0.1)
    .map((sale) => (sale.total === 'abc' || shop.next() < 0.15 ? { ...sale, total: price(shop) } : sale));
  if (list.length === 0) return;
  return writeSales(world, shop, shop.file.name, list);
}

/** The very content under another name. */
function again(world: World, shop: Shop): string | undefined {
  if (shop.file === null) return;
  shop.day += 1;
  return writeSales(world, shop, `sales_${dayName(shop.day)}.csv`, shop.file.sales);
}

/** Changes of members; a third of them older than what was told before. */
function newProfiles(world: World, shop: Shop): string {
  shop.day += 1;
  const rows = Array.from({ length: 2 + below(shop.next, 4) }, () => {
    const of = below(shop.next, members);
    shop.changed += 1;
    const at = shop.next() < 0.33 ? shop.changed * 60 - 3_000 - below(shop.next, 50) : shop.changed * 60;
    const first = `N${shop.changed}`;
    shop.named.set(first, { member: of, at });
    return `${keyOf(of)},${first},${new Date((noon + at) * 1000).toISOString()}`;
  });
  const name = `profiles_${dayName(shop.day)}.csv`;
  writeFileSync(path.join(world.folder, 'in/profiles', name), `member,first,changed\n${rows.join('\n')}\n`);
  return rows.map((row) => row.slice(0, 8)).join(' ');
}

async function run(world: World, which: readonly string[]): Promise<string> {
  const ended = await Promise.all(which.map((name) => world.start(['run', name]).ended));
  return ended.map(({ code }) => code).join();
}

/** A run, or what goes on with it, is killed at any moment. */
async function death(world: World, shop: Shop): Promise<string> {
  const words = shop.next() < 0.7 ? ['run', pick(shop.next, names)] : ['resume'];
  const importer = world.start(words);
  await sleep(350 + below(shop.next, 1_200));
  importer.signal('SIGKILL');
  const { code, signal } = await importer.ended;
  return `${words.join(' ')}: ${code ?? signal}`;
}

const troubles: readonly Fault['do'][] = [
  { kind: 'status', status: 422 },
  { kind: 'status', status: 503 },
  { kind: 'cut', applied: true, reset: true },
  { kind: 'cut', applied: false, reset: true },
];

async function trouble(world: World, shop: Shop): Promise<string> {
  const what = pick(shop.next, troubles);
  await world.admin.setFaults([{ platform: 'hang', share: 0.3, do: what }]);
  return JSON.stringify(what);
}

async function rerun(world: World, shop: Shop): Promise<string> {
  const runs = await runsWith(world, ['failed', 'rejected']);
  if (runs.length === 0) return 'of nothing';
  const id = pick(shop.next, runs);
  const importer = world.start(['rerun', id]);
  if (shop.next() < 0.3) {
    await sleep(350 + below(shop.next, 1_000));
    importer.signal('SIGKILL');
  }
  const { code, signal } = await importer.ended;
  return `${id}: ${code ?? signal}`;
}

async function member(world: World, shop: Shop): Promise<undefined> {
  shop.known.add(members - 1);
  await world.addMembers([[keyOf(members - 1), idOf(members - 1)]]);
}

const runsWith = async (world: World, buckets: readonly string[]): Promise<string[]> =>
  (
    await world.query<{ run: string }>(
      'select distinct run from pointferry.row_bucket where bucket = any ($1) order by run',
      [buckets],
    )
  ).map((row) => row.run);

// ---------------------------------------------------------------------------------------------- what must hold

async function always(world: World, shop: Shop): Promise<string[]> {
  return [
    ...salesEffects(world, shop),
    ...profileEffects(world, shop),
    ...(await rowsBalance(world)),
    ...(await outside(world, { finished: false, throttled: 'any' })),
  ];
}

/** The moment of a sale says which it is; no correction changes it. */
function salesEffects(world: World, shop: Shop): string[] {
  const wrong: string[] = [];
  const seen = new Set<number>();
  for (const effect of readJournal(world.journal).filter(({ type }) => type === 'hang.activity')) {
    const sale = Number(textIn(effect, 'transaction_timestamp')) - noon;
    const content = `${effect.subject} ${textIn(effect, 'value')}`;
    if (seen.has(sale)) wrong.push(`sale ${sale}: applied twice`);
    seen.add(sale);
    if (!shop.told.get(sale)?.has(content))
      wrong.push(`sale ${sale}: applied as ${content}, which nobody told`);
  }
  return wrong;
}

function profileEffects(world: World, shop: Shop): string[] {
  const wrong: string[] = [];
  const newest = new Map<string, number>();
  for (const effect of readJournal(world.journal).filter(({ type }) => type === 'hang.member')) {
    const first = textIn(effect, 'first_name');
    const version = shop.named.get(first);
    if (!version || idOf(version.member) !== effect.subject) {
      wrong.push(`${effect.subject} was called ${first}, which nobody told`);
      continue;
    }
    if (version.at < (newest.get(effect.subject) ?? Number.NEGATIVE_INFINITY))
      wrong.push(`${effect.subject}: ${first} after a newer name`);
    newest.set(effect.subject, version.at);
  }
  return wrong;
}

/** Each record of a normalized file is one row, in one bucket. */
async function rowsBalance(world: World): Promise<string[]> {
  const files = await world.query<{ name: string; records: string; rows: string }>(
    `select f.name, f.records, (select count(*) from pointferry.row_bucket b where b.file = f.id) as rows
     from pointferry.file f join pointferry.run r on r.id = f.run
     where f.verdict = 'staged' and r.stage not in ('read', 'stage', 'normalize')`,
  );
  return files
    .filter(({ records, rows }) => Number(records) !== Number(rows))
    .map(({ name, records, rows }) => `${name}: ${rows} rows of ${records} records`);
}

/** Trouble ends, all members come, people resume and rerun: nothing may be left that was told in one way only. */
async function mended(world: World, shop: Shop): Promise<string[]> {
  await world.admin.setFaults([]);
  await member(world, shop);
  for (let turn = 0; turn < 3; turn++) {
    await run(world, names);
    await world.start(['resume']).ended;
    await sendUnknownAgain(world);
    for (const id of await runsWith(world, ['failed']))
      await world.start(['rerun', id, '--stage', 'push']).ended;
  }
  const wrong = await always(world, shop);
  wrong.push(...(await outside(world, { finished: true, throttled: 'any' })));
  const effects = readJournal(world.journal);
  const applied = new Set(effects.map((effect) => Number(textIn(effect, 'transaction_timestamp')) - noon));
  for (const { sale, total } of [...shop.files.values()].flat())
    if (total !== 'abc' && shop.told.get(sale)?.size === 1 && !applied.has(sale))
      wrong.push(`sale ${sale}: told in one way, never applied`);
  wrong.push(...newestNames(world, shop), ...(await atRest(world)));
  return wrong;
}

/** A death, and the resend refused: nobody knows. A person says "again", which goes out under the same key. */
async function sendUnknownAgain(world: World): Promise<void> {
  const rows = await world.query<{ run: string; row: string }>(
    `select run, file || '-' || record as row from pointferry.row_bucket where bucket = 'unknown' and role = 'carries'`,
  );
  for (const { run: id, row } of rows)
    await world.start(['settle', id, '--row', row, '--as', 'retry', '--note', 'again']).ended;
}

function newestNames(world: World, shop: Shop): string[] {
  const effects = readJournal(world.journal).filter(({ type }) => type === 'hang.member');
  const wrong: string[] = [];
  for (let of = 0; of < members; of++) {
    const own = [...shop.named].filter(([, version]) => version.member === of);
    const newest = own.sort(([, a], [, b]) => b.at - a.at)[0]?.[0];
    const last = effects.findLast(({ subject }) => subject === idOf(of));
    if (newest !== undefined && last !== undefined && textIn(last, 'first_name') === newest) continue;
    if (newest !== undefined)
      wrong.push(`${idOf(of)} ends as ${last && textIn(last, 'first_name')}, the newest is ${newest}`);
  }
  return wrong;
}

/** Everything once more: no request. */
async function atRest(world: World): Promise<string[]> {
  const requests = async (): Promise<number> => (await world.admin.stats()).hang.requests;
  const before = await requests();
  const codes = await run(world, names);
  const sent = (await requests()) - before;
  return sent === 0 ? [] : [`a further run sent ${sent} requests (${codes})`];
}
