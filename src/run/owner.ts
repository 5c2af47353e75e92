/**
 * A process and its lease. Everything that a process holds (runs, lanes) names its fencing token; a statement that
 * settles compares the token, so that a process which was thought dead and comes back changes nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, type Db, withClient } from '../db/pool.ts';
import { run, runMaybe, runOne } from '../db/sql.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Log } from '../log.ts';
import { createLease, type Lease, readClocks } from './lease.ts';
import { identityOf, isDead } from './process.ts';
import type { Silence } from './silence.ts';

export interface LeaseSettings {
  /** How long a silent owner is believed to live, ms. */
  readonly leaseMs: number;
  /** How often it says that it lives, ms; well under a third of the lease. */
  readonly heartbeatMs: number;
}

/** Takeover within 60 s of a death that cannot be seen; one on the same machine is seen at once. */
export const defaultLease: LeaseSettings = { leaseMs: 45_000, heartbeatMs: 10_000 };

/** From POINTFERRY_LEASE_MS and POINTFERRY_HEARTBEAT_MS, so that tests can use seconds. */
export function leaseFrom(env: Readonly<Record<string, string | undefined>>): LeaseSettings {
  const leaseMs = Number(env.POINTFERRY_LEASE_MS ?? defaultLease.leaseMs);
  const heartbeatMs = Number(env.POINTFERRY_HEARTBEAT_MS ?? Math.min(defaultLease.heartbeatMs, leaseMs / 4));
  return { leaseMs, heartbeatMs };
}

export interface Owner {
  readonly token: number;
  readonly lease: LeaseSettings;
  /** Aborted when another process has taken over. Nothing may be sent after it. */
  readonly lost: AbortSignal;
  /** Ms that are certainly left of the lease; 0 also while nobody knows. */
  readonly leftMs: () => number;
  /** Ends the heartbeat and gives back what is held. */
  readonly end: () => Promise<void>;
}

interface Who {
  readonly actor: string;
  readonly verb: string;
  readonly lease: LeaseSettings;
  readonly log: Log;
}

/** Registers this process and keeps its lease alive until `end`. */
export async function registerOwner(db: Db, who: Who): Promise<Owner> {
  const { leaseMs } = who.lease;
  const registered = readClocks();
  const token = await register(db, who);
  const lost = new AbortController();
  const ended = new AbortController();
  const wake = createWake();
  const lease = createLease(leaseMs, registered, wake.now);
  const beating = heartbeat(db, token, who, { lost, ended: ended.signal, lease, wake });
  return {
    token,
    lease: who.lease,
    lost: lost.signal,
    leftMs: () => (lost.signal.aborted ? 0 : lease.leftMs()),
    end: async () => {
      ended.abort();
      await beating;
      await withClient(db, (client) => run(client, 'run/end-owner', { token })).catch(() => undefined); // it expires
    },
  };
}

async function register(db: Db, { actor, verb, lease }: Who): Promise<number> {
  const me = await identityOf(process.pid);
  const { token } = await inTransaction(
    db,
    (client) =>
      runOne<{ token: number }>(client, 'run/register-owner', {
        host: me.host,
        boot_id: me.bootId,
        namespace: me.namespace,
        pid: me.pid,
        process_start: me.start,
        actor,
        verb,
        lease_ms: lease.leaseMs,
      }),
    { lostCommit: 'rerun' }, // a registration that nobody knows of holds nothing
  );
  return token;
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

interface Beat {
  readonly lost: AbortController;
  readonly ended: AbortSignal;
  readonly lease: Lease;
  readonly wake: Wake;
}

/** While the database does not answer, it is asked this often: a process that was fenced meanwhile is to know at once. */
const askAgainMs = 1_000;

/** Renews until ended, or until another process is known to have taken over: a database that is away says nothing. */
async function heartbeat(db: Db, token: number, who: Who, beat: Beat): Promise<void> {
  const { leaseMs, heartbeatMs } = who.lease;
  let waitMs = heartbeatMs;
  while (!beat.ended.aborted) {
    await beat.wake.orAfter(waitMs, beat.ended);
    if (beat.ended.aborted) return;
    const at = readClocks();
    const answer = await beatOnce(db, token, leaseMs);
    if (answer === 'fenced') {
      who.log('error', 'another process has taken this one for dead and taken over: this one stops');
      beat.lost.abort();
      return;
    }
    if (answer === 'renewed') beat.lease.renew(at);
    waitMs = answer === 'renewed' ? heartbeatMs : Math.min(askAgainMs, heartbeatMs);
  }
}

async function beatOnce(db: Db, token: number, leaseMs: number): Promise<'renewed' | 'fenced' | 'silent'> {
  try {
    const row = await withClient(db, (client) => {
      // one that hangs on a dead connection must not cost the lease: the next takes another
      client.timeoutMs = Math.min(client.timeoutMs, leaseMs / 4);
      return runMaybe(client, 'run/heartbeat', { token, lease_ms: leaseMs });
    });
    return row ? 'renewed' : 'fenced';
  } catch {
    return 'silent'; // the database is away; the lease holds until it has run out
  }
}

export interface OwnerState {
  readonly token: number;
  readonly host: string;
  readonly boot_id: string;
  readonly namespace: string;
  readonly pid: number;
  readonly process_start: string;
  readonly actor: string;
  readonly verb: string;
  readonly heartbeat_at: string;
  readonly lease_ms: number;
  readonly gone: boolean;
  /** By the clock of the server, which may be set: a hint. */
  readonly overdue: boolean;
}

/**
 * How an owner stands. `gone`: it ended, or was fenced. `dead`: its process certainly is, or it kept silent for a whole
 * lease. `alive`: its process certainly is there, and may stand still. `silent`: nothing is known yet.
 */
export type Standing = 'gone' | 'dead' | 'alive' | 'silent';

/** `silence` belongs to the observer: an owner is looked at again and again with the same one. */
export async function standing(owner: OwnerState, silence: Silence): Promise<Standing> {
  if (owner.gone) return 'gone';
  const dead = await isDead({
    host: owner.host,
    bootId: owner.boot_id,
    namespace: owner.namespace,
    pid: owner.pid,
    start: owner.process_start,
  });
  // also one that is there and stands still (SIGSTOP): its token fences it, should it wake
  if (dead === true || silence.isOver(owner)) return 'dead';
  return dead === false ? 'alive' : 'silent';
}

export async function ownerState(client: Client, token: number): Promise<OwnerState | undefined> {
  return (await run<OwnerState>(client, 'run/owner', { token }))[0];
}

/** Takes an owner out that is out of the way, so that it cannot come back with its token. False: it has stirred since. */
export async function fenceOwner(
  db: Db,
  { token, heartbeat_at }: Pick<OwnerState, 'token' | 'heartbeat_at'>,
): Promise<boolean> {
  const fenced = await inTransaction(
    db,
    (client) => runMaybe(client, 'run/fence-owner', { token, heartbeat_at }),
    { lostCommit: 'settle' },
  );
  return fenced !== undefined;
}
