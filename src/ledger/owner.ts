/**
 * A process and its lease. Everything that a process holds (runs, lanes) names its fencing token; a statement that
 * settles compares the token, so that a process which was thought dead and comes back changes nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Db, withClient } from '../db/pool.ts';
import { run, runMaybe, runOne } from '../db/sql.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Log } from '../ground/log.ts';
import { identityOf, type ProcessIdentity } from '../ground/process.ts';
import { createLease, type Lease, type LeaseSettings, readClocks } from './lease.ts';
import { placeFrom } from './position/position.ts';
import { type Beat, type WatchedLedger, watchLedger } from './position/watch.ts';
import type { Registration } from './registration.ts';
import { createSentLately, type SentLately } from './sent.ts';
import type { OwnerState } from './standing.ts';

/** Takeover within 60 s of a death that cannot be seen; one on the same machine is seen at once. */
export const defaultLease: LeaseSettings = { leaseMs: 45_000, heartbeatMs: 10_000 };

/** From POINTFERRY_LEASE_MS and POINTFERRY_HEARTBEAT_MS, so that tests can use seconds. */
export function leaseFrom(env: Readonly<Record<string, string | undefined>>): LeaseSettings {
  const leaseMs = Number(env.POINTFERRY_LEASE_MS ?? defaultLease.leaseMs);
  const heartbeatMs = Number(env.POINTFERRY_HEARTBEAT_MS ?? Math.min(defaultLease.heartbeatMs, leaseMs / 4));
  return { leaseMs, heartbeatMs };
}

/** Told once for whom a start waits: where a death cannot be seen, that may take a whole lease. */
export type Waiting = (other: OwnerState) => void;

export const sayWaiting =
  (log: Log): Waiting =>
  ({ actor, host, pid, leaseMs }) => {
    const seconds = Math.ceil(leaseMs / 1_000);
    log('warn', `${actor} may still be at it: waiting up to ${seconds} s for a sign of life`, { host, pid });
  };

export interface Owner {
  readonly token: number;
  readonly waiting: Waiting;
  readonly lease: LeaseSettings;
  /** Aborted, with why, when another process has taken over or the ledger went back. Nothing may be sent after it. */
  readonly lost: AbortSignal;
  /** Ms that are certainly left of the lease; 0 also while nobody knows. */
  readonly leftMs: () => number;
  readonly ledger: WatchedLedger;
  readonly sent: SentLately;
  /** Ends the heartbeat and gives back what is held. */
  readonly end: () => Promise<void>;
}

/** Registers this process and keeps its lease alive until `end`. */
export async function registerOwner(db: Db, who: Registration): Promise<Owner> {
  const { leaseMs } = who.lease;
  const registered = readClocks();
  const me = await identityOf(process.pid);
  const sign = await register(db, who, me);
  const { token } = sign;
  const lost = new AbortController();
  const ended = new AbortController();
  const wake = createWake();
  const lease = createLease(leaseMs, registered, wake.now);
  const beat = (): Promise<Beat> => beatOnce(db, sign, leaseMs);
  const ledger = await watchLedger(db, { ...sign, beat, who, lost });
  const beating = heartbeat(who, { lost, ended: ended.signal, lease, wake, beat, ledger });
  return {
    token,
    waiting: sayWaiting(who.log),
    lease: who.lease,
    lost: lost.signal,
    leftMs: () => (lost.signal.aborted ? 0 : lease.leftMs()),
    ledger,
    sent: createSentLately(),
    end: async () => {
      ended.abort();
      await beating;
      await withClient(db, (client) => run(client, 'ledger/end-owner', { ...sign })).catch(
        () => undefined, // it expires
      );
      if (!lost.signal.aborted) await ledger.keep();
    },
  };
}

/** What an owner is known by: a token alone may be given out again by a ledger that went back. */
interface Sign {
  readonly token: number;
  readonly identity: string;
}

async function register(db: Db, { actor, verb, lease }: Registration, me: ProcessIdentity): Promise<Sign> {
  return inTransaction(
    db,
    (client) =>
      runOne(client, 'ledger/register-owner', {
        host: me.host,
        bootId: me.bootId,
        namespace: me.namespace,
        pid: me.pid,
        processStart: me.start,
        actor,
        verb,
        leaseMs: lease.leaseMs,
      }),
    { lostCommit: 'rerun' }, // a registration that nobody knows of holds nothing
  );
}

/** Cuts a wait short. */
interface Wake {
  readonly now: () => void;
  readonly orAfter: (ms: number, signal: AbortSignal) => Promise<void>;
}

function createWake(): Wake {
  let waiting = new AbortController();
  return {
    now: () => waiting.abort(),
    async orAfter(ms, signal) {
      const either = AbortSignal.any([waiting.signal, signal]);
      await sleep(ms, undefined, { signal: either }).catch(() => undefined);
      waiting = new AbortController();
    },
  };
}

interface Beating {
  readonly lost: AbortController;
  readonly ended: AbortSignal;
  readonly lease: Lease;
  readonly wake: Wake;
  readonly beat: () => Promise<Beat>;
  readonly ledger: WatchedLedger;
}

/** While the database does not answer, it is asked this often: a process that was fenced meanwhile is to know at once. */
const askAgainMs = 1_000;

/** Renews until ended, or until another process is known to have taken over: a database that is away says nothing. */
async function heartbeat({ lease: { heartbeatMs }, log }: Registration, beating: Beating): Promise<void> {
  let waitMs = heartbeatMs;
  while (!beating.ended.aborted && !beating.lost.signal.aborted) {
    await beating.wake.orAfter(waitMs, beating.ended);
    if (beating.ended.aborted) return;
    const at = readClocks();
    const look = beating.ledger.look();
    const answer = await beating.beat();
    waitMs = answer === 'silent' ? Math.min(askAgainMs, heartbeatMs) : heartbeatMs;
    if (answer === 'silent') continue;
    if (answer !== 'fenced') beating.lease.renew(at);
    const lost = await beating.ledger.heard(answer, look);
    if (lost === null) continue;
    log('error', lost.message, { code: lost.code });
    beating.lost.abort(lost);
  }
}

/** One sign of life, and where the ledger is by it. `silent`: the database is away; the lease holds until it runs out. */
async function beatOnce(db: Db, who: Sign, leaseMs: number): Promise<Beat> {
  try {
    const sign = { ...who, leaseMs };
    // one that hangs on a dead connection must not cost the lease: the next takes another
    const place = await withClient(db, (client) => runMaybe(client, 'ledger/heartbeat', sign), {
      timeoutMs: leaseMs / 4,
    });
    return place === undefined ? 'fenced' : placeFrom(place);
  } catch {
    return 'silent';
  }
}
