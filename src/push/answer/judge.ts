/** From what came back to what it means for the operation. Pure. */
import type { Answer, Kind, Outgoing, Verdict } from '../../destinations/kind.ts';
import { retryAfter } from './retry.ts';
import { isBadStatus, meaningOf } from './status.ts';

/** What came of sending one request. */
export type Reply =
  | { readonly got: 'answer'; readonly answer: Answer; readonly ms: number }
  /** It may have been applied: timeout, reset, connection lost. */
  | { readonly got: 'nothing'; readonly reason: string; readonly ms: number }
  /** Nothing left. `bad`: the platform could not be reached; else we did not try. */
  | { readonly got: 'not_sent'; readonly reason: string; readonly bad: boolean; readonly ms: number };

export type Judged =
  | { readonly outcome: 'delivered'; readonly platformId?: string; readonly requestId?: string }
  | {
      readonly outcome: 'failed';
      readonly reason: string;
      readonly platformCode?: string;
      readonly field?: string;
      readonly requestId?: string;
    }
  | { readonly outcome: 'doubt'; readonly reason: string; readonly requestId?: string }
  | { readonly outcome: 'transient'; readonly reason: string } // certainly not applied
  | {
      readonly outcome: 'throttled';
      readonly reason: string;
      readonly waitMs: number | null;
      readonly capped: boolean;
    }
  | { readonly outcome: 'not_sent'; readonly reason: string }
  | { readonly outcome: 'stopped'; readonly why: 'credentials' | 'redirect'; readonly reason: string };

export function judge(
  kind: Kind,
  reply: Reply,
  sent: Outgoing,
  now: { readonly nowMs: number; readonly retryAfterMostMs: number },
): Judged {
  if (reply.got === 'not_sent') return { outcome: 'not_sent', reason: reply.reason };
  if (reply.got === 'nothing') return { outcome: 'doubt', reason: reply.reason };
  const { answer } = reply;
  switch (meaningOf(answer.status, kind)) {
    case 'kind':
      return fromVerdict(kind.classify(answer, sent));
    case 'failed':
      return { outcome: 'failed', ...kind.refusal(answer, sent) };
    case 'doubt':
      return { outcome: 'doubt', reason: `HTTP ${answer.status}` };
    case 'redirect':
      return { outcome: 'stopped', why: 'redirect', reason: `HTTP ${answer.status}` };
    case 'credentials':
      return { outcome: 'stopped', why: 'credentials', reason: `HTTP ${answer.status}` };
    case 'throttled': {
      const asked = retryAfter(answer.headers, now.nowMs, now.retryAfterMostMs);
      const reason = `HTTP ${answer.status}`;
      return { outcome: 'throttled', reason, waitMs: asked?.waitMs ?? null, capped: asked?.capped ?? false };
    }
  }
}

function fromVerdict(verdict: Verdict): Judged {
  switch (verdict.verdict) {
    case 'delivered':
      return { ...verdict, outcome: 'delivered' };
    case 'failed':
      return { ...verdict, outcome: 'failed' };
    case 'doubt':
      return { ...verdict, outcome: 'doubt' };
    case 'retry':
      return { outcome: 'transient', reason: verdict.reason };
    case 'stop':
      return { outcome: 'stopped', why: 'credentials', reason: verdict.reason };
  }
}

/** Is the platform ill? Timeouts, resets, 5xx and what cannot be reached; null where nothing can be told from it. */
export function isBad(reply: Reply): boolean | null {
  if (reply.got === 'not_sent') return reply.bad ? true : null;
  return reply.got === 'nothing' || isBadStatus(reply.answer.status);
}
