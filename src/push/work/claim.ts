/**
 * Claim: free lanes that have something ready, and the oldest ready operation of each. The lane row is the only
 * thing written. States that need no request (superseded, unchanged) are settled here, under the lane's lock: nobody
 * else can send for the lane meanwhile.
 */

import { failpoint } from '../../db/failpoint.ts';
import type { Client, Db } from '../../db/pool.ts';
import { jsonRows, run, runAs, runCount } from '../../db/sql.ts';
import { inTransaction, reading } from '../../db/transaction.ts';
import { parseExact } from '../../destinations/json.ts';
import type { FieldValue, Kind } from '../../destinations/kind.ts';
import { type AcceptedValue, fateOf, type Unit } from './supersede.ts';

/** An operation whose lane this process holds. */
export interface Work {
  readonly operation: number;
  readonly lane: number;
  readonly kind: Kind;
  readonly run: string;
  readonly subject: string;
  readonly key: string;
  readonly fields: Readonly<Record<string, FieldValue>>;
  /** States only: what is remembered once it is accepted. */
  readonly units: readonly Unit[];
  /** A request of it may have been applied already: then its very bytes are sent again. */
  readonly doubtful: boolean;
  /** By `performance.now()`: what is doubtful and has not left by then stays unsent, since its key may be forgotten. */
  readonly sendBy: number;
  /** A retry that has to wait for room in the retries' budget. */
  readonly budgeted: boolean;
  /** Counted attempts and resends so far. */
  readonly attempts: number;
  readonly resends: number;
}

export interface ClaimScope {
  readonly account: string;
  readonly token: number;
  readonly runs: readonly string[];
  /** On whose behalf: the run that sends, also for released and doubtful operations of others. */
  readonly by: string;
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly only: string | null;
  /** Only these operations: what `--limit` has begun. */
  readonly among: readonly number[] | null;
  /** At most this many retries are claimed; one that has been due for `retryPatienceMs` does not count. */
  readonly retries: number;
  readonly retryPatienceMs: number;
  /** No retry waits for so long. */
  readonly backoffFarMs: number;
  /**
   * In our hands or under way whatever the ledger says: after a failover that lost the last transactions their lanes look
   * free, and they would be sent beside themselves.
   */
  readonly busy: ReadonlySet<number>;
  /** A state that was sent in the moments that a ledger lost: it may have been applied, whatever the ledger says. */
  readonly isSuspect: (operation: number, key: string) => boolean;
  /** How much longer the key of an event that was sent so long ago is trusted, ms (`doubt.ts`). */
  readonly keyLeftMs: (ageMs: number) => number;
}

export interface Claimed {
  readonly work: readonly Work[];
  readonly unchanged: number;
  readonly superseded: number;
  /** The last lane looked at; null at the end of the round: the next claim begins with the first lane. */
  readonly cursor: number | null;
}

/** An operation as the ledger has it, whether it is ready or in doubt. */
export interface OperationRow {
  readonly lane: number;
  readonly operation: number;
  readonly kind: string;
  readonly run: string;
  readonly subject: string;
  readonly key: string;
  readonly payload: string;
  readonly nature: 'event' | 'state';
  readonly attempts: number;
  readonly resends: number;
  readonly budgeted: boolean;
  /** Since the first request that may have been applied. */
  readonly sinceSentMs: number | null;
  readonly accepted: readonly AcceptedValue[] | null;
}

interface Head extends OperationRow {
  readonly early: boolean;
  /** An event of which an earlier request may have been applied. */
  readonly doubtful: boolean;
  /** A person has asked for one more request, whatever the platform may have forgotten. */
  readonly permitted: boolean;
  readonly olderUnsettled: boolean;
}

/** Lanes looked at for each one wanted: some are taken, some wait for a retry. */
const lookahead = 4;

/** Takes up to `wanted` lanes beyond `cursor`. Nothing is sent on a claim whose commit is unknown: it is asked after. */
export async function claim(
  db: Db,
  scope: ClaimScope,
  cursor: number | null,
  wanted: number,
): Promise<Claimed> {
  const most = wanted * lookahead;
  const lanes = await candidates(db, scope, cursor ?? 0, most);
  if (lanes.length === 0) return { work: [], unchanged: 0, superseded: 0, cursor: null };
  const taken = await inTransaction(db, (client) => take(client, scope, lanes, wanted), {
    lostCommit: 'settle',
    syncCommit: false, // a claim lost with the server is a claim not made: the intent is what must last
  });
  failpoint('push/after-claim');
  // where all wanted were found, the next claim begins behind them, not behind all that was looked at
  const looked = taken.full ? taken.last : lanes.at(-1);
  return { ...taken, cursor: taken.full || lanes.length === most ? (looked ?? null) : null };
}

async function candidates(db: Db, scope: ClaimScope, after: number, most: number): Promise<number[]> {
  const { runs, only, among } = scope;
  const rows = await reading(db, (client) =>
    only === null && among === null
      ? run(client, 'push/candidates', { runs, after, most })
      : run(client, 'push/candidates-only', { runs, after, most, only, among }),
  );
  return rows.map((row) => row.lane);
}

interface Taken extends Pick<Claimed, 'work' | 'unchanged' | 'superseded'> {
  /** As many lanes were locked as were wanted; the last one of them. */
  readonly full: boolean;
  readonly last?: number;
}

async function take(client: Client, scope: ClaimScope, among: number[], wanted: number): Promise<Taken> {
  const locked = await run(client, 'push/lock-lanes', {
    lanes: among,
    account: scope.account,
    token: scope.token,
    most: wanted,
  });
  if (locked.length === 0) return { work: [], unchanged: 0, superseded: 0, full: false };
  const heads = await runAs<Head>(client, 'push/heads', {
    lanes: locked.map((row) => row.lane),
    runs: scope.runs,
    only: scope.only,
    among: scope.among,
    patienceMs: scope.retryPatienceMs,
    farMs: scope.backoffFarMs,
  });
  const work: Work[] = [];
  const unsent: { operation: number; state: string; code: string | null; by: string; units: string[] }[] = [];
  let retries = scope.retries;
  for (const head of heads) {
    const decided = decide(head, scope);
    if (decided === null) continue;
    if (decided.fate === 'send') {
      const costs = decided.work.budgeted ? 1 : 0;
      if (costs > retries) continue;
      retries -= costs;
      work.push(decided.work);
    } else {
      const code = decided.fate === 'superseded' ? 'PUSH_SUPERSEDED' : null;
      const units = decided.units.map((unit) => unit.name);
      unsent.push({ operation: head.operation, state: decided.fate, code, by: scope.by, units });
    }
  }
  if (unsent.length > 0) await run(client, 'push/settle-unsent', { settled: jsonRows(unsent) });
  if (work.length > 0) {
    await run(client, 'push/take-lanes', {
      lanes: work.map((each) => each.lane),
      operations: work.map((each) => each.operation),
      token: scope.token,
    });
  }
  failpoint('push/before-claim-commit');
  const superseded = unsent.filter((each) => each.state === 'superseded').length;
  const last = locked.at(-1)?.lane;
  const full = locked.length === wanted;
  return {
    work,
    superseded,
    unchanged: unsent.length - superseded,
    full,
    ...(last === undefined ? {} : { last }),
  };
}

type Decided =
  | { readonly fate: 'send'; readonly work: Work }
  | { readonly fate: 'superseded' | 'unchanged'; readonly units: readonly Unit[] };

/** Null: not now. A head that waits for its retry blocks its lane, since order comes first. */
function decide(head: Head, scope: ClaimScope): Decided | null {
  const kind = scope.kinds.get(head.kind);
  if (head.early || kind === undefined || scope.busy.has(head.operation)) return null;
  const fields = parseFields(head.payload);
  const fate =
    head.nature === 'event'
      ? { fate: 'send' as const, fields, units: [] }
      : fateOf(kind, fields, head.accepted ?? [], head.olderUnsettled);
  if (fate.fate === 'superseded') return { fate: 'superseded', units: [] };
  if (fate.fate === 'unchanged') return { fate: 'unchanged', units: fate.units };
  const work = workOf(head, {
    kind,
    run: scope.by,
    fields: fate.fields,
    units: fate.units,
    doubtful: head.doubtful || scope.isSuspect(head.operation, head.key),
    sendBy: sendByOf(head, scope),
  });
  return { fate: 'send', work };
}

/** An event in doubt leaves while its key is known, unless a person has asked for it. */
function sendByOf({ permitted, sinceSentMs }: Head, { keyLeftMs }: ClaimScope): number {
  if (permitted || sinceSentMs === null) return Number.POSITIVE_INFINITY;
  return performance.now() + keyLeftMs(sinceSentMs);
}

/** What is to be sent of a row. */
export const workOf = (
  { operation, lane, subject, key, budgeted, attempts, resends }: OperationRow,
  how: Pick<Work, 'kind' | 'run' | 'fields' | 'units' | 'doubtful' | 'sendBy'>,
): Work => ({ operation, lane, subject, key, budgeted, attempts, resends, ...how });

/** A payload as normalize stored it: numbers inside JSON cells keep their digits. */
export function parseFields(payload: string): Readonly<Record<string, FieldValue>> {
  return parseExact(payload) as Readonly<Record<string, FieldValue>>;
}

/** Gives claimed and unsent operations back. */
export async function release(db: Db, token: number, work: readonly Work[]): Promise<void> {
  if (work.length === 0) return;
  const operations = work.map((each) => each.operation);
  await inTransaction(db, (client) => runCount(client, 'push/release-lanes', { token, operations }), {
    idempotent: true,
  });
}
