/**
 * The lane of an operation in doubt rests until its request cannot be under way any more: the platform may apply it late,
 * after its sender has died, or after the connection was lost. A newer state sent meanwhile would be overwritten by it.
 */
import type { Reply } from '../answer/judge.ts';

/** For so long after its deadline a request may still be in a queue of the network or of the platform. */
const marginOf = (deadlineMs: number): number => Math.min(5_000, deadlineMs / 6);

/** How long a lane rests whose request was given `deadlineMs`, `sinceMs` ago. */
export const restAfter = (deadlineMs: number, sinceMs = 0): number =>
  Math.max(0, deadlineMs + marginOf(deadlineMs) - sinceMs);

/**
 * How long what was sent may still be under way: nothing was heard, or a gateway spoke that had given up waiting (the
 * platform behind it may be at work yet). A platform's own answer says that it is done.
 */
export function restOf(reply: Reply, deadlineMs: number): number {
  if (reply.got === 'not_sent') return 0;
  if (reply.got === 'answer' && !isFromGateway(reply.answer.status)) return 0;
  return restAfter(deadlineMs, reply.ms);
}

/** RFC 9110: 502 and 504 are gateways'; 408 is said while a request is read; from 520 on content networks speak. */
const isFromGateway = (status: number): boolean => [408, 502, 504].includes(status) || status >= 520;
