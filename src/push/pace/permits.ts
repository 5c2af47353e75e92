/**
 * Permits: slots in time, and places in flight, booked in Postgres by the account's row, so that processes share one limit
 * and a killed one cannot overspend: its slots are lost, never used again.
 */
import { failpoint } from '../../db/failpoint.ts';
import type { Client, Db } from '../../db/pool.ts';
import { run, runOne } from '../../db/sql.ts';
import { inTransaction } from '../../db/transaction.ts';
import type { Limits, RateWindow } from '../../destinations/limits.ts';
import { otherOrigin } from '../origin.ts';
import { bookPlaces, type PlacesRequest } from './places.ts';

/** At most this much is booked ahead in one block: what a killed process can waste. */
export const blockMs = 250;
/** From booking to the first slot: intents are committed meanwhile. */
const leadMs = 30;

/**
 * While several processes send, none knows when the others' requests arrived, and a window is taken to be so much longer
 * than stated: half of it for timers that fire late (pacer.ts), half for requests that are late on their way. So it is
 * twice what anybody's requests were late by, and a little. A process alone keeps its own log (window.ts) and needs less.
 */
const sharedGuardMs = (jitterMs: number): number => 25 + 2 * jitterMs;

/** Ms from slot to slot. The guard makes the window a little longer than stated: clocks and networks jitter. */
export const slotMs = (pace: RateWindow, guardMs: number): number => (pace.perMs + guardMs) / pace.limit;

/**
 * Permits per block: about `blockMs` worth, and such that the blocks which begin within one window never add up to
 * more than its limit; bottleneck counts whole blocks, and would hold the last one back.
 */
export function blockSize(pace: RateWindow, guardMs: number): number {
  const most = Math.max(1, Math.floor(blockMs / slotMs(pace, guardMs)));
  for (let size = Math.min(most, pace.limit); size > 1; size--) {
    const begun = Math.ceil(pace.perMs / (size * slotMs(pace, guardMs)));
    if (begun * size <= pace.limit) return size;
  }
  return 1;
}

export interface Block {
  readonly permits: number;
  /** By the database's clock, ms since 1970. */
  readonly startMs: number;
  readonly everyMs: number;
  readonly guardMs: number;
  /** Another process sends too, or did within the last windows. */
  readonly shared: boolean;
  /** One request that finds out whether the platform is well again. */
  readonly probe: boolean;
}

export type Refused = 'paused' | 'stopped' | 'breaker' | 'window' | 'places';

export type Booking = {
  /** The database's clock while the booking was made. */
  readonly nowMs: number;
  /** Requests that this process may have under way from now on; null: as before. */
  readonly places: number | null;
} & (
  | { readonly block: Block; readonly last: LastBooking }
  | { readonly block: null; readonly why: Refused; readonly words: string; readonly waitMs: number }
);

/** By the database's clock. */
export interface LastBooking {
  readonly endMs: number;
  readonly sharedUntilMs: number;
}

export interface BookingRequest {
  readonly account: string;
  readonly token: number;
  readonly origin: string;
  readonly limits: Limits;
  readonly wanted: number;
  /** Another of our processes is not probing: the answer of a probe is waited for this long. */
  readonly probeWithinMs: number;
  /** How late this process's requests were in the last seconds, ms. */
  readonly jitterMs: number;
  /** Our last booking; null before the first. */
  readonly last: LastBooking | null;
  /** The stop (its instant, µs since 1970) that this process may lift by sending one request. */
  readonly lifting: number | null;
  readonly places: Pick<PlacesRequest, 'used' | 'needed' | 'slowestMs'>;
}

interface AccountRow {
  readonly nowMs: number;
  readonly paused: boolean;
  readonly pauseReason: string | null;
  readonly pausedUntil: Date | null;
  readonly stoppedAt: number | null;
  readonly stopReason: string | null;
  readonly breaker: 'closed' | 'open' | 'probing';
  readonly probeToken: number | null;
  readonly probeDue: boolean;
  readonly guardMs: number;
  readonly jitterMs: number;
  readonly nextSlotMs: number | null;
  readonly origin: string | null;
}

/** Books up to `wanted` slots, or says what stands in the way. Throws CONFIG_ORIGIN_CHANGED. */
export async function bookPermits(db: Db, request: BookingRequest): Promise<Booking> {
  const booking = await inTransaction(db, (client) => book(client, request), {
    // booked twice wastes a block, which is all: slots are never used again
    lostCommit: 'rerun',
    syncCommit: true, // a server that crashes must not forget what was booked
  });
  failpoint('push/after-permit');
  return booking;
}

async function book(client: Client, request: BookingRequest): Promise<Booking> {
  const row = await runOne(client, 'push/account', { account: request.account });
  if (row.origin !== null && row.origin !== request.origin)
    throw otherOrigin(request.account, row.origin, request.origin);
  const nowMs = row.nowMs;
  const blocked = standsInTheWay(row, request);
  if (blocked) return { nowMs, places: null, block: null, ...blocked };
  const { account, token, limits } = request;
  const { maxInFlight } = limits;
  const places = await bookPlaces(client, { account, token, maxInFlight, ...request.places }, nowMs);
  if (places < 1) return { nowMs, places, block: null, ...noPlace(maxInFlight) };
  const booked = await bookSlots(client, request, row);
  return { nowMs, places, ...booked };
}

const noPlace = (maxInFlight: number): Blocked => ({
  why: 'places',
  words: `other processes have the ${maxInFlight} requests under way that the account allows at once`,
  waitMs: 50,
});

type Booked = { readonly block: Block; readonly last: LastBooking } | ({ readonly block: null } & Blocked);

async function bookSlots(client: Client, request: BookingRequest, row: AccountRow): Promise<Booked> {
  const { nowMs } = row;
  const single = row.breaker !== 'closed' || row.stoppedAt !== null;
  const { pace } = request.limits;
  const sharedUntilMs = sharedUntil(row, request);
  const shared = sharedUntilMs > nowMs;
  const jitterMs = Math.max(row.jitterMs, request.jitterMs);
  const guardMs = shared ? Math.max(row.guardMs, sharedGuardMs(jitterMs)) : row.guardMs;
  const size = single ? 1 : Math.min(request.wanted, blockSize(pace, guardMs));
  const quota = await quotaLeft(client, request, size);
  if (quota.left < 1) {
    return { block: null, why: 'window', words: quota.words, waitMs: quota.waitMs };
  }
  const permits = Math.min(size, quota.left);
  await bookQuotas(client, request, permits);
  if (row.breaker !== 'closed') await beginProbe(client, request);
  if (row.origin === null) {
    await run(client, 'push/record-origin', { account: request.account, origin: request.origin });
  }
  const everyMs = slotMs(pace, guardMs);
  const { startMs } = await runOne(client, 'push/book-slots', {
    account: request.account,
    leadMs,
    spanMs: permits * everyMs,
    jitterMs: request.jitterMs,
    farMs: farMs(pace),
  });
  const probe = row.breaker !== 'closed';
  return {
    block: { permits, startMs, everyMs, guardMs, shared, probe },
    last: { endMs: startMs + permits * everyMs, sharedUntilMs },
  };
}

/** Nothing is booked so far ahead: an instant beyond it was noted by a clock that has been set back since. */
const farMs = (pace: RateWindow): number => 10_000 + 4 * pace.perMs;

/**
 * Until when the slots of others may matter: two windows after the last one that was not booked by us. A process that
 * begins knows of nobody yet, and its first requests are its slowest: its first window is taken as shared. So is the first
 * one after the database's clock was set back.
 */
function sharedUntil(row: AccountRow, { last, limits }: BookingRequest): number {
  const windowMs = 2 * limits.pace.perMs;
  const farthest = row.nowMs + farMs(limits.pace);
  const next = row.nextSlotMs !== null && row.nextSlotMs < farthest ? row.nextSlotMs : null;
  if (last === null || last.endMs > farthest)
    return Math.max(row.nowMs + limits.pace.perMs, (next ?? Number.NEGATIVE_INFINITY) + windowMs);
  const foreign = next !== null && next > last.endMs + 0.5;
  return foreign ? Math.max(last.sharedUntilMs, next + windowMs) : last.sharedUntilMs;
}

type Blocked = { readonly why: Refused; readonly words: string; readonly waitMs: number };

function standsInTheWay(row: AccountRow, request: BookingRequest): Blocked | null {
  if (row.stoppedAt !== null && row.stoppedAt !== request.lifting) {
    return { why: 'stopped', words: row.stopReason ?? 'stopped', waitMs: 1_000 };
  }
  if (row.paused) {
    const until = row.pausedUntil?.getTime() ?? Number.POSITIVE_INFINITY;
    return { why: 'paused', words: row.pauseReason ?? 'paused', waitMs: until - row.nowMs };
  }
  // our own probe that is no longer under way went to a slot that was lost: it may be sent again
  const ours = row.breaker === 'probing' && row.probeToken === request.token;
  if (row.breaker !== 'closed' && !row.probeDue && !ours) {
    return { why: 'breaker', words: 'the platform keeps failing', waitMs: 250 };
  }
  return null;
}

const beginProbe = (client: Client, request: BookingRequest): Promise<unknown> =>
  run(client, 'push/begin-probe', {
    account: request.account,
    token: request.token,
    withinMs: request.probeWithinMs,
  });

/** A sixtieth of the window, so that what is counted too long is less than two percent. */
const sliceMs = (window: RateWindow): number => Math.max(1_000, Math.ceil(window.perMs / 60));

async function quotaLeft(
  client: Client,
  request: BookingRequest,
  wanted: number,
): Promise<{ left: number; waitMs: number; words: string }> {
  let least = { left: wanted, waitMs: 0, words: '' };
  for (const window of request.limits.quotas) {
    const { used, freeInMs } = await runOne(client, 'push/window-used', {
      account: request.account,
      windowMs: window.perMs,
      sliceMs: sliceMs(window),
    });
    const left = window.limit - used;
    if (left < least.left) {
      const words = `${window.limit} requests per ${window.perMs / 1000} s are used up`;
      least = { left, waitMs: Math.max(250, freeInMs ?? 0), words };
    }
  }
  return least;
}

async function bookQuotas(client: Client, request: BookingRequest, permits: number): Promise<void> {
  for (const window of request.limits.quotas) {
    await run(client, 'push/book-window', {
      account: request.account,
      windowMs: window.perMs,
      sliceMs: sliceMs(window),
      permits,
    });
  }
}
