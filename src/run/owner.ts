/**
 * A process and its lease. Everything that a process holds (runs, lanes) names its fencing token; a statement that
 * settles compares the token, so that a process which was thought dead and comes back changes nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, type Db, withClient } from '../db/pool.ts';
import { run, runMaybe, runOne } from '../db/sql.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Log } from '../log.ts';
import { identityOf, isDead } from './process.ts';

export interface LeaseSettings {
  /** How long a silent owner is believed to live, ms. */
  readonly leaseMs: number;
  /** How often it says that it lives, ms; well under a third of the lease. */
  readonly heartbeatMs: number;
}

/** DESIGN 5.1: takeover within 60 s of a death on another machine; on the same one a death is seen at once. */
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
  /** Aborted when the lease was lost: taken over, or not renewed in time. Nothing may be sent after it. */
  readonly lost: AbortSignal;
  /** Ms that are certainly left of the lease, by this process's own monotonic clock. */
  readonly leftMs: () => number;
  /** Ends the heartbeat and gives back what is held. */
  readonly end: () => Promise<void>;
}

/** Registers this process and keeps its lease alive until `end`. */
export async function registerOwner(
  db: Db,
  who: { actor: string; verb: string; lease: LeaseSettings; log: Log },
): Promise<Owner> {
  const me = await identityOf(process.pid);
  const registeredAt = performance.now();
  const { token } = await inTransaction(
    db,
    (client) =>
      runOne<{ token: number }>(client, 'run/register-owner', {
        host: me.host,
        boot_id: me.bootId,
        pid: me.pid,
        process_start: me.start,
        actor: who.actor,
        verb: who.verb,
        lease_ms: who.lease.leaseMs,
      }),
    { lostCommit: 'rerun' }, // a registration that nobody knows of holds nothing
  );
  const lost = new AbortController();
  const ended = new AbortController();
  let renewedAt = registeredAt;
  const beating = heartbeat(db, token, who, {
    lost,
    ended: ended.signal,
    renewed: (at) => {
      renewedAt = at;
    },
    leftMs: () => who.lease.leaseMs - (performance.now() - renewedAt),
  });
  return {
    token,
    lease: who.lease,
    lost: lost.signal,
    leftMs: () => (lost.signal.aborted ? 0 : who.lease.leaseMs - (performance.now() - renewedAt)),
    end: async () => {
      ended.abort();
      await beating;
      await withClient(db, (client) => run(client, 'run/end-owner', { token })).catch(() => undefined); // it expires
    },
  };
}

interface Beat {
  readonly lost: AbortController;
  readonly ended: AbortSignal;
  readonly renewed: (at: number) => void;
  readonly leftMs: () => number;
}

/** Renews until ended. The time is taken before the statement leaves: the lease is never believed longer than it is. */
async function heartbeat(
  db: Db,
  token: number,
  who: { lease: LeaseSettings; log: Log },
  beat: Beat,
): Promise<void> {
  const { leaseMs, heartbeatMs } = who.lease;
  while (!beat.ended.aborted && !beat.lost.signal.aborted) {
    await sleep(heartbeatMs, undefined, { signal: beat.ended }).catch(() => undefined);
    if (beat.ended.aborted) return;
    const at = performance.now();
    const answer = await withClient(db, (client) => {
      // one that hangs on a dead connection must not cost the lease: the next takes another
      client.timeoutMs = Math.min(client.timeoutMs, leaseMs / 4);
      return runMaybe(client, 'run/heartbeat', { token, lease_ms: leaseMs });
    }).then(
      (row) => (row ? 'renewed' : 'fenced'),
      () => 'silent', // the database is away: the lease holds until it has run out
    );
    if (answer === 'renewed') beat.renewed(at);
    else if (answer === 'fenced' || beat.leftMs() <= 0) {
      who.log('error', 'the lease was lost: another process may have taken over, this one stops');
      beat.lost.abort();
    }
  }
}

export interface OwnerState {
  readonly token: number;
  readonly host: string;
  readonly boot_id: string;
  readonly pid: number;
  readonly process_start: string;
  readonly actor: string;
  readonly verb: string;
  readonly heartbeat_at: string;
  readonly lease_until: Date;
  readonly gone: boolean;
  readonly expired: boolean;
}

export type Standing = 'gone' | 'dead' | 'alive' | 'silent';

/**
 * How an owner stands. `gone`: it ended, or was fenced. `dead`: certainly (same host, no such process), or its lease
 * ran out. `alive`: certainly (same host, process is there). `silent`: on another machine, within its lease.
 */
export async function standing(owner: OwnerState): Promise<Standing> {
  if (owner.gone) return 'gone';
  const dead = await isDead({
    host: owner.host,
    bootId: owner.boot_id,
    pid: owner.pid,
    start: owner.process_start,
  });
  if (dead === true) return 'dead';
  if (owner.expired) return 'dead'; // also a stopped process (SIGSTOP) whose lease ran out: the token fences it
  return dead === false ? 'alive' : 'silent';
}

export async function ownerState(client: Client, token: number): Promise<OwnerState | undefined> {
  return (await run<OwnerState>(client, 'run/owner', { token }))[0];
}
