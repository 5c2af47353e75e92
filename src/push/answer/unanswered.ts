/** Settlements without an HTTP response. */

import type { PushRequest } from '../request.ts';
import type { PushSettings } from '../settings.ts';
import type { Work } from '../work/claim.ts';
import type { DoubtStep } from '../work/doubt.ts';
import type { Hand } from '../work/hand.ts';
import type { Armed } from '../work/intent.ts';
import type { Settled } from './settle.ts';
import { type Settlement, settlementOf } from './settlement.ts';

/** A settlement without a request: by a late answer, given up, or not to be built. */
export function settleBeside(
  push: {
    readonly request: Pick<PushRequest, 'runs'>;
    readonly hand: Pick<Hand, 'runs'>;
    readonly settings: PushSettings;
  },
  step: Exclude<DoubtStep, { step: 'resend' }> | { readonly work: Work; readonly reason: string },
): Settled {
  const { work } = step;
  const by = push.hand.runs.has(work.run) ? work.run : (push.request.runs[0] ?? work.run);
  const late = 'judged' in step;
  const judged = late ? step.judged : { outcome: 'failed' as const, reason: step.reason };
  const facts = {
    attempt: null,
    n: 1,
    httpStatus: late ? step.httpStatus : null,
    answer: null,
    ms: null,
    by,
  };
  const settlement = {
    // what is given up was refused by nobody: its words are its own
    ...settlementOf(late ? work : { ...work, doubtful: false }, judged, facts, push.settings, Math.random),
    attempts: 0 as const,
  };
  if (late) return beside(settlement);
  if (!('as' in step)) return beside({ ...settlement, code: 'PUSH_NOT_BUILT' });
  // what may have been applied stays forgotten, so that the next version is sent
  const given: Settlement = { ...settlement, recall: false };
  return step.as === 'unknown'
    ? beside({ ...given, state: 'unknown', code: 'PUSH_OUTCOME_UNKNOWN' })
    : beside({ ...given, code: 'PUSH_RETRIES_EXHAUSTED' });
}

/** Armed, and not sent after all: as if nothing had been. */
export function unsentOf(armed: Armed): Settled {
  const state = armed.doubtful ? 'in_doubt' : 'ready';
  return beside({
    operation: armed.operation,
    key: armed.key,
    attempt: armed.attempt,
    outcome: 'not_sent',
    httpStatus: null,
    platformCode: null,
    reason: null,
    answer: null,
    requestId: null,
    ms: null,
    state,
    code: null,
    field: null,
    platformId: null,
    nextInMs: null,
    attempts: 0,
    resends: 0,
    recall: !armed.doubtful,
    accepts: [],
    by: armed.run,
  });
}

const beside = (settlement: Settlement): Settled => ({
  settlement,
  bad: null,
  probe: false,
  pauseMs: null,
  stop: null,
  works: false,
});
