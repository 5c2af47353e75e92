/** A small typed client of the sandbox's admin endpoints, for tests and the demo. */
import type { Effect, Platform } from './effects.ts';
import type { FabricMember } from './fabric/state.ts';
import type { Fault } from './faults.ts';
import type { HangMember } from './hang/state.ts';
import type { RateLimit, Seeds } from './options.ts';
import type { PlatformStats, RequestRecord } from './stats.ts';
import type { SwitchChanges, Switches } from './switches.ts';

export interface EffectFilter {
  readonly platform?: Platform;
  readonly type?: Effect['type'];
  readonly subject?: string;
  readonly identity?: string;
}

export interface EffectSummary {
  readonly effects: number;
  readonly byType: Readonly<Record<string, number>>;
  /** Sum of the values of activities, decimal text. */
  readonly value: string;
  /** Different pairs of subject and identity. */
  readonly identities: number;
  /** Pairs applied more than once: must be empty. */
  readonly repeated: readonly {
    readonly subject: string;
    readonly identity: string;
    readonly count: number;
  }[];
  readonly subjects: Readonly<Record<string, { readonly effects: number; readonly value: string }>>;
}

/** A Hang member as the admin endpoint shows it; amounts are decimal text. */
export type HangMemberView = Omit<HangMember, 'balance' | 'waiting' | 'updated_at'> & {
  readonly balance: string;
  readonly waiting: number;
  readonly updated_at: number;
};

export interface Admin {
  health(): Promise<{ ok: boolean; pid: number; effects: number; requests: number }>;
  /** What was applied, oldest first. Throws when the sandbox does not answer 200, like all the others. */
  effects(filter?: EffectFilter & { after?: number; limit?: number }): Promise<readonly Effect[]>;
  summary(filter?: EffectFilter): Promise<EffectSummary>;
  /** Resolves as soon as there are `count` effects; throws when the time is over (default 30 s). */
  waitForEffects(count: number, filter?: EffectFilter & { timeoutMs?: number }): Promise<number>;
  /** The same for requests answered (or cut) since the start. */
  waitForRequests(count: number, options?: { timeoutMs?: number }): Promise<number>;
  stats(): Promise<Readonly<Record<Platform, PlatformStats>>>;
  resetStats(): Promise<void>;
  requests(filter?: { platform?: Platform; after?: number }): Promise<readonly RequestRecord[]>;
  /** Undefined when there is no such member or program, here and below. */
  hangMember(id: string): Promise<HangMemberView | undefined>;
  hangMembers(): Promise<readonly HangMemberView[]>;
  fabricMember(profileId: string): Promise<FabricMember | undefined>;
  fabricMembers(): Promise<readonly FabricMember[]>;
  program(id: string): Promise<Readonly<Record<string, string>> | undefined>;
  programs(): Promise<readonly Readonly<Record<string, string>>[]>;
  /** Adds what is not there yet. */
  seed(seeds: Seeds): Promise<{ added: number; known: number }>;
  faults(): Promise<readonly (Fault & { matched: number; fired: number })[]>;
  setFaults(faults: readonly Fault[]): Promise<void>;
  addFaults(faults: readonly Fault[]): Promise<void>;
  switches(): Promise<Switches>;
  setSwitches(changes: SwitchChanges): Promise<Switches>;
  /** Null takes a limit away; a platform left out keeps its own. */
  setRates(rates: Partial<Record<Platform, RateLimit | null>>): Promise<void>;
  /** Empties state, statistics and faults. */
  reset(): Promise<void>;
}

/** `url` is the sandbox's own, as `startSandbox` gives it. */
export function adminOf(url: string): Admin {
  const ask = async (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`${url}/_admin/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const get = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await ask(method, path, body);
    if (response.ok) return (await response.json()) as T;
    throw new Error(`sandbox: ${method} ${path}: ${response.status} ${await response.text()}`);
  };
  const maybe = async <T>(path: string): Promise<T | undefined> => {
    const response = await ask('GET', path);
    if (response.ok) return (await response.json()) as T;
    await response.body?.cancel();
    if (response.status === 404) return undefined;
    throw new Error(`sandbox: GET ${path}: ${response.status}`);
  };
  const wait = async (query: object, count: number): Promise<number> => {
    const path = `wait${queryOf({ ...query, count })}`;
    const answer = await get<{ reached: boolean; count: number }>('GET', path);
    if (!answer.reached) throw new Error(`sandbox: waited for ${count}, there are ${answer.count}`);
    return answer.count;
  };
  return {
    health: () => get('GET', 'health'),
    effects: async (filter = {}) =>
      (await get<{ effects: Effect[] }>('GET', `effects${queryOf(filter)}`)).effects,
    summary: (filter = {}) => get('GET', `effects/summary${queryOf(filter)}`),
    waitForEffects: (count, filter = {}) => wait(filter, count),
    waitForRequests: (count, options = {}) => wait({ ...options, for: 'requests' }, count),
    stats: () => get('GET', 'stats'),
    resetStats: async () => void (await get('DELETE', 'stats')),
    requests: async (filter = {}) =>
      (await get<{ requests: RequestRecord[] }>('GET', `requests${queryOf(filter)}`)).requests,
    hangMember: (id) => maybe(`hang/members/${encodeURIComponent(id)}`),
    hangMembers: () => get('GET', 'hang/members'),
    fabricMember: (id) => maybe(`fabric/members/${encodeURIComponent(id)}`),
    fabricMembers: () => get('GET', 'fabric/members'),
    program: (id) => maybe(`stickystreet/programs/${encodeURIComponent(id)}`),
    programs: () => get('GET', 'stickystreet/programs'),
    seed: (seeds) => get('POST', 'seed', seeds),
    faults: () => get('GET', 'faults'),
    setFaults: async (faults) => void (await get('PUT', 'faults', faults)),
    addFaults: async (faults) => void (await get('POST', 'faults', faults)),
    switches: () => get('GET', 'switches'),
    setSwitches: (changes) => get('PATCH', 'switches', changes),
    setRates: async (rates) => void (await get('PUT', 'rates', rates)),
    reset: async () => void (await get('POST', 'reset')),
  };
}

function queryOf(values: object): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined) query.set(name, String(value));
  return query.size === 0 ? '' : `?${query}`;
}
