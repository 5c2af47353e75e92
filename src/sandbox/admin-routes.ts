/** The endpoints under /_admin/: what was applied, what was asked, and the ways to set the stage. No password. */
import { PointferryError } from '../ground/errors.ts';
import { type Answer, json, type World } from './call.ts';
import { add, type Decimal, formatDecimal, parseDecimal, zero } from './decimal.ts';
import { type Effect, type Platform, platforms, withoutRequest } from './effects.ts';
import { checkFaults } from './fault-check.ts';
import type { FaultBook } from './faults.ts';
import { balanceAt } from './hang/state.ts';
import type { Journal } from './journal.ts';
import { parseExact } from './json.ts';
import type { RateLimit, Seeds } from './options.ts';
import type { Gate } from './rate.ts';
import { plant } from './seed.ts';
import type { Stats } from './stats.ts';
import { setSwitches } from './switches.ts';
import type { Watch } from './watch.ts';

export interface AdminContext {
  readonly world: World;
  readonly journal: Journal;
  readonly stats: Stats;
  readonly faults: FaultBook;
  readonly gates: Readonly<Record<Platform, Gate>>;
  readonly setRate: (platform: Platform, limit: RateLimit | undefined) => void;
  readonly watch: Watch;
}

interface Ask {
  readonly house: AdminContext;
  readonly query: URLSearchParams;
  readonly body: string;
  /** The last part of the path, where it is an id. */
  readonly id: string;
}

const plain = (body: string): unknown => JSON.parse(body === '' ? 'null' : body);

export const routes: Readonly<Record<string, (ask: Ask) => unknown>> = {
  'GET health': ({ house }) => ({
    ok: true,
    pid: process.pid,
    effects: house.world.state.effects.length,
    requests: house.stats.total(),
  }),
  'GET effects': ({ house, query }) => {
    const after = Number(query.get('after') ?? 0);
    const limit = Number(query.get('limit') ?? Number.POSITIVE_INFINITY);
    const found = effectsOf(house.world, query).filter((effect) => effect.n > after);
    return { total: found.length, effects: found.slice(0, limit) };
  },
  'GET effects/summary': ({ house, query }) => summary(effectsOf(house.world, query)),
  'GET wait': ({ house, query }) => waitFor(house, query),
  'GET stats': ({ house }) => house.stats.read(),
  'DELETE stats': ({ house }) => {
    house.stats.reset();
    return house.stats.read();
  },
  'GET requests': ({ house, query }) => {
    const after = Number(query.get('after') ?? 0);
    const wanted = query.get('platform');
    const found = house.stats
      .log()
      .filter((one) => one.n > after && (wanted === null || one.platform === wanted));
    return { total: house.stats.total(), requests: found };
  },
  'GET hang/members': ({ house, id }) => oneOrAll(house.world.state.hang.members, id, hangView(house.world)),
  'GET fabric/members': ({ house, id }) => oneOrAll(house.world.state.fabric.members, id, (one) => one),
  'GET stickystreet/programs': ({ house, id }) =>
    oneOrAll(house.world.state.stickystreet.programs, id, (one) => one),
  'POST seed': ({ house, body }) => plant(house.world, parseExact(body) as Seeds),
  'GET faults': ({ house }) => house.faults.list(),
  'PUT faults': ({ house, body }) => {
    house.faults.set(checkFaults(plain(body)));
    return house.faults.list();
  },
  'POST faults': ({ house, body }) => {
    house.faults.add(checkFaults(plain(body)));
    return house.faults.list();
  },
  'DELETE faults': ({ house }) => {
    house.faults.set([]);
    return [];
  },
  'GET switches': ({ house }) => house.world.switches,
  'PATCH switches': ({ house, body }) => {
    setSwitches(house.world.switches, plain(body));
    return house.world.switches;
  },
  'PUT rates': ({ house, body }) => {
    const rates = plain(body) as Partial<Record<Platform, RateLimit | null>>;
    for (const platform of platforms) {
      const rate = rates[platform];
      if (rate !== undefined) house.setRate(platform, rate ?? undefined);
    }
    return Object.fromEntries(platforms.map((one) => [one, house.gates[one].limit ?? null]));
  },
  'POST reset': ({ house }) => {
    house.world.commit({ type: 'reset', subject: '', ...withoutRequest, content: null });
    house.world.tokens.expireAll();
    house.faults.set([]);
    house.stats.reset();
    return { ok: true };
  },
};

const withId = /^((?:hang|fabric)\/members|stickystreet\/programs)\/(.+)$/;

/** Answers one admin request; nothing that changed the state is answered before it is on the disk. */
export async function answerAdmin(
  house: AdminContext,
  method: string,
  url: URL,
  body: Buffer,
): Promise<Answer> {
  const path = url.pathname.slice('/_admin/'.length);
  const named = withId.exec(path);
  const route = routes[`${method} ${named?.[1] ?? path}`];
  if (route === undefined) return json(404, { error: `no admin endpoint ${method} ${path}` });
  const id = decodeURIComponent(named?.[2] ?? '');
  try {
    const answer = await route({ house, query: url.searchParams, body: body.toString('utf8'), id });
    await house.journal.settled();
    return answer === undefined ? json(404, { error: `no ${id}` }) : json(200, answer);
  } catch (error) {
    if (error instanceof PointferryError) return json(400, { error: error.message, hint: error.hint });
    if (error instanceof SyntaxError || error instanceof TypeError)
      return json(400, { error: 'the body is not what this endpoint takes' });
    throw error;
  }
}

/** What the query narrows effects down to; undefined when it takes all. */
function filterOf(query: URLSearchParams): ((effect: Effect) => boolean) | undefined {
  const tests: ((effect: Effect) => boolean)[] = [];
  const platform = query.get('platform');
  if (platform !== null) tests.push((effect) => effect.type.startsWith(`${platform}.`));
  for (const name of ['type', 'subject', 'identity'] as const) {
    const wanted = query.get(name);
    if (wanted !== null) tests.push((effect) => effect[name] === wanted);
  }
  return tests.length === 0 ? undefined : (effect) => tests.every((test) => test(effect));
}

function effectsOf(world: World, query: URLSearchParams): readonly Effect[] {
  const filter = filterOf(query);
  return filter === undefined ? world.state.effects : world.state.effects.filter(filter);
}

/** Counts what fits, looking at each effect once however often it is asked. */
function counterOf(world: World, query: URLSearchParams): () => number {
  const filter = filterOf(query);
  let list = world.state.effects;
  let seen = 0;
  let count = 0;
  return () => {
    if (filter === undefined) return world.state.effects.length;
    if (list !== world.state.effects) [list, seen, count] = [world.state.effects, 0, 0];
    for (const effect of list.slice(seen)) if (filter(effect)) count += 1;
    seen = list.length;
    return count;
  };
}

/** Totals of the amounts of activities, exact; `repeated` must be empty if nothing was applied twice. */
function summary(effects: readonly Effect[]) {
  const subjects = new Map<string, { effects: number; value: Decimal }>();
  const identities = new Map<string, number>();
  const byType: Record<string, number> = {};
  let total = zero;
  for (const effect of effects) {
    const amount = effect.type === 'hang.activity' ? parseDecimal(effect.content.value, 'exponent') : zero;
    total = add(total, amount ?? zero);
    const before = subjects.get(effect.subject) ?? { effects: 0, value: zero };
    subjects.set(effect.subject, {
      effects: before.effects + 1,
      value: add(before.value, amount ?? zero),
    });
    byType[effect.type] = (byType[effect.type] ?? 0) + 1;
    if (effect.identity === null) continue;
    const key = JSON.stringify([effect.subject, effect.identity]);
    identities.set(key, (identities.get(key) ?? 0) + 1);
  }
  return {
    effects: effects.length,
    byType,
    value: formatDecimal(total),
    identities: identities.size,
    repeated: [...identities]
      .filter(([, count]) => count > 1)
      .map(([key, count]) => {
        const [subject, identity] = JSON.parse(key) as [string, string];
        return { subject, identity, count };
      }),
    subjects: Object.fromEntries(
      [...subjects].map(([id, one]) => [id, { effects: one.effects, value: formatDecimal(one.value) }]),
    ),
  };
}

async function waitFor({ world, stats, watch }: AdminContext, query: URLSearchParams) {
  const wanted = Number(query.get('count') ?? 1);
  const timeoutMs = Math.min(Number(query.get('timeoutMs') ?? 30_000), 600_000);
  const count = query.get('for') === 'requests' ? stats.total : counterOf(world, query);
  const reached = await watch.until(() => count() >= wanted, timeoutMs);
  return { reached, count: count() };
}

const hangView = (world: World) => (member: Parameters<typeof balanceAt>[0]) => {
  const { balance: _balance, waiting, ...rest } = member;
  const balance = formatDecimal(balanceAt(member, world.now()));
  return { ...rest, balance, waiting: waiting.length };
};

function oneOrAll<T, V>(all: ReadonlyMap<string, T>, id: string, view: (one: T) => V): V | V[] | undefined {
  if (id === '') return [...all.values()].map(view);
  const found = all.get(id);
  return found === undefined ? undefined : view(found);
}
