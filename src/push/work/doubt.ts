/**
 * Doubt: a request went out and no understandable answer came back. Taken over from the dead, and settled before a
 * push ends: by a late answer, by the same bytes under the same key once more, or as unknown.
 */
import { failpoint } from '../../db/failpoint.ts';
import type { Db } from '../../db/pool.ts';
import { run, runAs } from '../../db/sql.ts';
import { inTransaction, reading } from '../../db/transaction.ts';
import type { Kind } from '../../destinations/kind.ts';
import type { Silence } from '../../ledger/silence.ts';
import { fenceOwner, ownerState, standing } from '../../ledger/standing.ts';
import type { Judged } from '../answer/judge.ts';
import { backoffFarMs } from '../answer/retry.ts';
import type { AttemptOutcome } from '../answer/settlement.ts';
import type { PushSettings } from '../settings.ts';
import { type OperationRow, parseFields, type Work, workOf } from './claim.ts';
import { restAfter } from './lane-rest.ts';
import { fateOf } from './supersede.ts';

export interface DoubtScope {
  readonly account: string;
  readonly token: number;
  readonly kinds: ReadonlyMap<string, Kind>;
  /** On whose behalf. */
  readonly by: string;
  readonly keyRetentionMs: number | null;
  /** By our own clock, which nobody sets: null for what this process has not sent of late. */
  readonly ageMs: (operation: number, key: string) => number | null;
}

/** A doubt that was taken over: what its dead sender sent may still be applied for so long. */
interface Inherited {
  readonly operation: number;
  readonly restMs: number;
}

/**
 * Takes the lanes of dead and ended owners of the account, whichever run they belong to. Gives what of them is in doubt.
 * The rest is counted from now, by our own clock: nobody knows when a process died, nor whether a server's clock was set.
 */
export async function takeOver(
  db: Db,
  scope: DoubtScope,
  silence: Silence,
  deadlineMs: number,
): Promise<readonly Inherited[]> {
  const { account, token } = scope;
  const others = await reading(db, (client) => run(client, 'push/held-by-others', { account, token }));
  const dead: number[] = [];
  for (const other of others) if (await isOut(db, other.token, silence)) dead.push(other.token);
  if (dead.length === 0) return [];
  const taken = await inTransaction(
    db,
    async (client) => {
      const rows = await run(client, 'push/take-over', {
        account,
        token,
        dead,
        kinds: [...scope.kinds.keys()],
      });
      failpoint('push/before-takeover-commit');
      return rows;
    },
    { lostCommit: 'settle' },
  );
  failpoint('push/after-takeover');
  return taken.flatMap(({ operation, deadlineMs: ofRequest }) =>
    operation === null ? [] : [{ operation, restMs: restAfter(ofRequest ?? deadlineMs) }],
  );
}

/** Ended, fenced, or dead: then it is fenced here, so that it cannot come back to life with its token. */
async function isOut(db: Db, token: number, silence: Silence): Promise<boolean> {
  const owner = await reading(db, (client) => ownerState(client, token));
  if (!owner) return true;
  const now = await standing(owner, silence);
  if (now === 'gone') return true;
  return now === 'dead' && fenceOwner(db, owner);
}

interface DoubtRow extends OperationRow {
  readonly doubtMs: number;
  /** This process has sent all of them. */
  readonly ours: boolean;
  /** An operator asked for a retry. */
  readonly retry: boolean;
  readonly lateOutcome: Exclude<AttemptOutcome, 'doubt'> | null;
  readonly lateStatus: number | null;
  readonly lateReason: string | null;
  /** Late answers say of every request that may have been applied that it was not. */
  readonly unapplied: boolean;
}

export type DoubtStep =
  | { readonly step: 'resend'; readonly work: Work }
  /** A late answer tells. */
  | {
      readonly step: 'settle';
      readonly work: Work;
      readonly judged: Judged;
      readonly httpStatus: number | null;
    }
  | {
      readonly step: 'give_up';
      readonly work: Work;
      readonly as: 'unknown' | 'exhausted';
      readonly reason: string;
    };

/** What is to be done about the doubts of our lanes that are due; `busy` ones are being resent already. */
export async function dueDoubts(
  db: Db,
  scope: DoubtScope,
  settings: PushSettings,
  busy: readonly number[],
  most: number,
): Promise<readonly DoubtStep[]> {
  const { account, token } = scope;
  const rows = await reading(db, (client) =>
    runAs<DoubtRow>(client, 'push/doubts', {
      account,
      token,
      busy,
      most,
      patienceMs: settings.retryPatienceMs,
      farMs: backoffFarMs(settings),
    }),
  );
  return rows.flatMap((row) => {
    const kind = scope.kinds.get(row.kind);
    return kind ? [stepOf(agedByUs(row, scope), kind, scope, settings)] : [];
  });
}

/** Of what only this process has sent it knows the age itself, however the server's clock was set since. */
const agedByUs = (row: DoubtRow, { ageMs }: DoubtScope): DoubtRow =>
  row.ours ? { ...row, sinceSentMs: ageMs(row.operation, row.key) ?? row.sinceSentMs } : row;

function stepOf(row: DoubtRow, kind: Kind, scope: DoubtScope, settings: PushSettings): DoubtStep {
  const leftMs = keyLeftMs(row.sinceSentMs ?? 0, scope.keyRetentionMs, settings.requestDeadlineMs);
  const isBound = row.nature === 'event' && !row.retry;
  const work = workOf(row, {
    kind,
    run: scope.by,
    ...sentOf(row, kind),
    doubtful: true,
    sendBy: isBound ? performance.now() + leftMs : Number.POSITIVE_INFINITY,
  });
  if (row.lateOutcome === 'delivered') {
    return { step: 'settle', work, judged: { outcome: 'delivered' }, httpStatus: row.lateStatus };
  }
  if (row.lateOutcome !== null && row.unapplied) {
    const outcome = row.lateOutcome === 'failed' ? 'failed' : 'not_sent';
    const judged = { outcome, reason: row.lateReason ?? 'not applied' } as const;
    return { step: 'settle', work: { ...work, doubtful: false }, judged, httpStatus: row.lateStatus };
  }
  const against = againstResending(row, kind, scope.keyRetentionMs, settings);
  return against === null ? { step: 'resend', work } : { step: 'give_up', work, ...against };
}

/**
 * How much longer a key is trusted that was sent first `ageMs` ago; negative: no longer. A negative age says that the
 * server's clock was set back since: nobody knows how long ago that was.
 */
export const keyLeftMs = (ageMs: number, keyRetentionMs: number | null, marginMs: number): number =>
  keyRetentionMs === null || ageMs < 0 ? Number.NEGATIVE_INFINITY : keyRetentionMs - marginMs - ageMs;

export const keyForgotten = {
  as: 'unknown',
  reason: 'the platform may have forgotten the idempotency key',
} as const;

/**
 * Null: it may be sent again. The lane is held since the doubtful send, so nothing newer of the subject can have
 * overtaken it. A key is trusted until a deadline before its retention ends, since the request may arrive late.
 */
export function againstResending(
  doubt: Pick<DoubtRow, 'nature' | 'resends' | 'doubtMs' | 'sinceSentMs' | 'retry'>,
  kind: Pick<Kind, 'doubt'>,
  keyRetentionMs: number | null,
  settings: PushSettings,
): { as: 'unknown' | 'exhausted'; reason: string } | null {
  if (doubt.retry) return null;
  if (kind.doubt !== 'resend') return { as: 'unknown', reason: 'this kind cannot be sent again safely' };
  if (doubt.nature === 'event') {
    const leftMs = keyLeftMs(doubt.sinceSentMs ?? 0, keyRetentionMs, settings.requestDeadlineMs);
    if (leftMs < 0) return keyForgotten;
  }
  const late = doubt.resends > 0 && doubt.doubtMs > settings.resendWithinMs;
  if (doubt.resends < settings.resends && !late) return null;
  const reason = `${doubt.resends} resends without an understandable answer`;
  return { as: doubt.nature === 'event' ? 'unknown' : 'exhausted', reason };
}

/** What of it was sent: everything that nothing newer had overtaken, which cannot have changed since. */
function sentOf(row: DoubtRow, kind: Kind): Pick<Work, 'fields' | 'units'> {
  const fields = parseFields(row.payload);
  const fate = row.nature === 'state' ? fateOf(kind, fields, row.accepted ?? [], true) : null;
  return fate?.fate === 'send' ? { fields: fate.fields, units: fate.units } : { fields, units: [] };
}
