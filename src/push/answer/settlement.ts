/** What an outcome makes of an operation: the next state, and what is remembered. Pure. */
import type { Code } from '../../ground/catalogue.ts';
import type { PushSettings } from '../settings.ts';
import type { Work } from '../work/claim.ts';
import type { Judged } from './judge.ts';
import { waitBefore } from './retry.ts';

export type AttemptOutcome =
  | 'delivered'
  | 'failed'
  | 'throttled'
  | 'transient'
  | 'doubt'
  | 'not_sent'
  | 'stopped';
type NextState = 'ready' | 'in_doubt' | 'delivered' | 'failed' | 'unknown';

/** One row of sql/push/settle.sql. `attempt` is null where no request belongs to it. */
export interface Settlement {
  readonly operation: number;
  /** The idempotency key: it names the operation where a ledger that went back has given its number again. */
  readonly key: string;
  readonly attempt: number | null;
  readonly outcome: AttemptOutcome | null;
  readonly httpStatus: number | null;
  readonly platformCode: string | null;
  readonly reason: string | null;
  readonly answer: string | null;
  readonly requestId: string | null;
  readonly ms: number | null;
  readonly state: NextState;
  readonly code: Code | null;
  readonly field: string | null;
  readonly platformId: string | null;
  /** Not before; null: at once. */
  readonly nextInMs: number | null;
  /** Added to the operation's counts. */
  readonly attempts: 0 | 1;
  readonly resends: 0 | 1;
  /** Certainly not applied: accepted values that the send had forgotten hold again. */
  readonly recall: boolean;
  readonly accepts: readonly { readonly name: string; readonly hash: string }[];
  readonly by: string;
}

export interface Facts {
  readonly attempt: number | null;
  readonly n: number;
  readonly httpStatus: number | null;
  readonly answer: string | null;
  readonly ms: number | null;
  /** Id of the run on whose behalf it is settled. */
  readonly by: string;
}

type Draft = Omit<
  Settlement,
  'operation' | 'key' | 'attempt' | 'httpStatus' | 'answer' | 'ms' | 'by' | 'resends' | 'outcome'
>;

const plain: Omit<Draft, 'state'> = {
  platformCode: null,
  reason: null,
  requestId: null,
  code: null,
  field: null,
  platformId: null,
  nextInMs: null,
  attempts: 0,
  recall: false,
  accepts: [],
};

export function settlementOf(
  work: Work,
  judged: Judged,
  facts: Facts,
  settings: PushSettings,
  random: () => number,
): Settlement {
  const wait = waitBefore(facts.n, random, settings);
  const draft = draftOf(work, judged, wait, settings);
  const counts = judged.outcome === 'doubt' || judged.outcome === 'transient';
  return {
    ...draft,
    operation: work.operation,
    key: work.key,
    attempt: facts.attempt,
    outcome: judged.outcome,
    httpStatus: facts.httpStatus,
    answer: facts.answer,
    ms: facts.ms,
    resends: work.doubtful && counts ? 1 : 0,
    by: facts.by,
  };
}

function draftOf(work: Work, judged: Judged, wait: number, settings: PushSettings): Draft {
  switch (judged.outcome) {
    case 'delivered':
      return {
        ...plain,
        state: 'delivered',
        attempts: 1,
        platformId: judged.platformId ?? null,
        requestId: judged.requestId ?? null,
        accepts: work.units.map(({ name, hash }) => ({ name, hash })),
      };
    case 'failed':
      return refused(work, judged);
    case 'doubt':
      return {
        ...plain,
        state: 'in_doubt',
        attempts: 1,
        reason: judged.reason,
        requestId: judged.requestId ?? null,
        nextInMs: wait,
      };
    case 'transient':
      return transient(work, judged.reason, wait, settings);
    default:
      // a limit, a pause, a stop, or nothing left: no attempt counts, and what was in doubt still is
      return {
        ...plain,
        state: work.doubtful ? 'in_doubt' : 'ready',
        reason: judged.reason,
        nextInMs: judged.outcome === 'not_sent' ? wait : null,
        recall: !work.doubtful,
      };
  }
}

/**
 * Refused for good. Where an earlier request of it may have been applied, that this one was refused says nothing of that
 * one: no platform documents that it looks at the key before anything else. An event is then unknown, for an operator; of a
 * state, what it may have changed stays forgotten, so that the next version is sent.
 */
function refused(work: Work, judged: Judged & { outcome: 'failed' }): Draft {
  const draft: Draft = {
    ...plain,
    state: 'failed',
    attempts: 1,
    code: 'PUSH_REFUSED',
    reason: judged.reason,
    platformCode: judged.platformCode ?? null,
    field: judged.field ?? null,
    requestId: judged.requestId ?? null,
    recall: !work.doubtful,
  };
  if (!work.doubtful || work.kind.nature === 'state') return draft;
  const reason = `an earlier request of it has no answer; the same, sent again, was refused: ${judged.reason}`;
  return { ...draft, state: 'unknown', code: 'PUSH_OUTCOME_UNKNOWN', reason };
}

/** Certainly not applied this time; an earlier request of it may have been. */
function transient(work: Work, reason: string, wait: number, settings: PushSettings): Draft {
  const again: Draft = { ...plain, state: 'ready', attempts: 1, reason, nextInMs: wait, recall: true };
  if (work.doubtful) return { ...again, state: 'in_doubt', recall: false };
  if (work.attempts + 1 < settings.attempts) return again;
  return { ...again, state: 'failed', code: 'PUSH_RETRIES_EXHAUSTED', nextInMs: null };
}
