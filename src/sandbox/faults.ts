/** Faults on demand: what can go wrong, which requests it hits, and a choice that the same seed repeats. */
import { createHash } from 'node:crypto';
import type { Platform } from './effects.ts';

/**
 * What happens. `applied` says whether the request takes effect first; unless said otherwise an answer that looks like
 * a success (malformed, truncated, empty, html, drip, huge) was applied, and a refusal was not.
 */
export type FaultAction =
  /** Waits before or after the request takes effect, and then goes on. */
  | {
      readonly kind: 'latency';
      readonly ms: number;
      readonly spreadMs?: number;
      readonly when?: 'before' | 'after';
    }
  /** 429. Retry-After: a number of seconds, `{date}` so many seconds ahead (or past), any text, or absent. */
  | { readonly kind: 'throttle'; readonly retryAfter?: number | string | { readonly date: number } }
  /** Any status, with the platform's own error body unless one is given. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly applied?: boolean;
    }
  /** The connection ends without an answer: closed, or reset. */
  | { readonly kind: 'cut'; readonly applied: boolean; readonly reset?: boolean }
  /** Never answers; the client has to give up. */
  | { readonly kind: 'silence'; readonly applied?: boolean }
  /** 200 with half of the right body, all of it as announced. */
  | { readonly kind: 'malformed'; readonly applied?: boolean }
  /** 200 that announces the whole body, sends half, and closes. */
  | { readonly kind: 'truncated'; readonly applied?: boolean }
  | { readonly kind: 'empty'; readonly applied?: boolean }
  /** 200 with a login page. */
  | { readonly kind: 'html'; readonly applied?: boolean }
  /** The right answer, `bytes` (default 1) at a time with pauses; its headers or its body. */
  | {
      readonly kind: 'drip';
      readonly everyMs: number;
      readonly bytes?: number;
      readonly part?: 'body' | 'headers';
      readonly applied?: boolean;
    }
  /** 200 with so many bytes, packed with gzip if asked (a bomb). */
  | { readonly kind: 'huge'; readonly bytes: number; readonly gzip?: boolean; readonly applied?: boolean }
  /** The right answer with more headers, e.g. quotas. */
  | { readonly kind: 'headers'; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'redirect'; readonly location?: string; readonly status?: number }
  /** Ends every issued token, and answers this request with 401. */
  | { readonly kind: 'expire-token' };

export interface Fault {
  /** Shown in the statistics and the request log. */
  readonly name?: string;
  readonly platform?: Platform;
  /** `hang.activity`, or with a star at its end `hang.*`. */
  readonly route?: string;
  readonly subject?: string;
  /** Of the matching requests: leaves the first `skip` alone, then hits at most `count`. */
  readonly skip?: number;
  readonly count?: number;
  /** Only these matching requests, counted from 1. */
  readonly nth?: readonly number[];
  /** This part of the matching requests, 0 to 1, chosen by the seed. */
  readonly share?: number;
  /** In time, milliseconds since the fault was set. */
  readonly afterMs?: number;
  readonly forMs?: number;
  readonly do: FaultAction;
}

/** What a fault looks at. */
export interface Target {
  readonly platform: Platform;
  readonly route: string;
  readonly subject: string | null;
  readonly identity: string | null;
  readonly bodySha256: string;
}

export interface FaultBook {
  /** Replaces all faults; counters begin anew. */
  set(faults: readonly Fault[]): void;
  add(faults: readonly Fault[]): void;
  list(): readonly (Fault & { readonly matched: number; readonly fired: number })[];
  /** The faults that hit this request, in the order they were given. Counts it. */
  pick(target: Target, now: number): readonly Fired[];
}

export interface Fired {
  readonly fault: Fault;
  /** From 0 up to 1, by the seed: where within its spread a latency lies. */
  readonly draw: number;
}

interface Entry {
  readonly fault: Fault;
  readonly position: number;
  readonly setAt: number;
  matched: number;
  fired: number;
  /** How often a share has seen each request, so that a resend is a new draw. */
  readonly seen: Map<string, number>;
}

/**
 * A share is drawn by a hash of the seed, the fault and the request (its identity, else subject and body) and how
 * often it came, so the choice does not depend on the order in which concurrent requests arrive.
 */
export function newFaultBook(seed: number, now: () => number): FaultBook {
  let entries: Entry[] = [];
  const add = (faults: readonly Fault[]): void => {
    for (const fault of faults)
      entries.push({
        fault,
        position: entries.length,
        setAt: now(),
        matched: 0,
        fired: 0,
        seen: new Map(),
      });
  };
  return {
    set: (faults) => {
      entries = [];
      add(faults);
    },
    add,
    list: () => entries.map(({ fault, matched, fired }) => ({ ...fault, matched, fired })),
    pick: (target, at) => entries.flatMap((entry) => hits(entry, target, at, seed) ?? []),
  };
}

function hits(entry: Entry, target: Target, at: number, seed: number): Fired | undefined {
  const { fault } = entry;
  if (!matches(fault, target)) return undefined;
  const since = at - entry.setAt - (fault.afterMs ?? 0);
  if (since < 0 || since >= (fault.forMs ?? Number.POSITIVE_INFINITY)) return undefined;
  entry.matched += 1;
  if (entry.matched <= (fault.skip ?? 0)) return undefined;
  if (entry.fired >= (fault.count ?? Number.POSITIVE_INFINITY)) return undefined;
  if (fault.nth !== undefined && !fault.nth.includes(entry.matched)) return undefined;
  const [chance, draw] = draws(entry, target, seed);
  if (fault.share !== undefined && chance >= fault.share) return undefined;
  entry.fired += 1;
  return { fault, draw };
}

function matches(fault: Fault, target: Target): boolean {
  if (fault.platform !== undefined && fault.platform !== target.platform) return false;
  if (fault.subject !== undefined && fault.subject !== target.subject) return false;
  if (fault.route === undefined) return true;
  return fault.route.endsWith('*')
    ? target.route.startsWith(fault.route.slice(0, -1))
    : target.route === fault.route;
}

/** Two numbers from 0 up to 1; always the same for this seed, fault, request and how often it came. */
function draws(entry: Entry, target: Target, seed: number): readonly [number, number] {
  const { share, do: action } = entry.fault;
  if (share === undefined && action.kind !== 'latency') return [0, 0];
  const request = JSON.stringify([target.route, target.subject, target.identity ?? target.bodySha256]);
  const times = (entry.seen.get(request) ?? 0) + 1;
  entry.seen.set(request, times);
  const hash = createHash('sha256')
    .update(JSON.stringify([seed, entry.position, request, times]))
    .digest();
  return [hash.readUInt32BE(0) / 2 ** 32, hash.readUInt32BE(4) / 2 ** 32];
}
