/** Books slots and places for what is in hand, and commits the intents of what leaves at them. */

import { settleBeside, unsentOf } from '../answer/unanswered.ts';
import { originOf } from '../origin.ts';
import type { Push } from '../start.ts';
import { keyForgotten } from '../work/doubt.ts';
import { intend } from '../work/intent.ts';
import { type Booking, blockMs, blockSize, bookPermits } from './permits.ts';
import { leavePlaces } from './places.ts';

/** Slots are booked so far ahead that a slow commit leaves no gap. */
export const horizonMs = 300;

/** Books the next block and commits the intents for it. False: there was nothing to book for, or no permit to be had. */
export async function bookAndArm(push: Push): Promise<boolean> {
  const { pacer, inFlight, booking } = push.pace;
  const wanted = permitsWanted(push);
  if (wanted < 1 || performance.now() < booking.notBefore) return false;
  if (!(await hasToken(push))) return false;
  const booked = await book(push, wanted);
  if (booked.block === null && booked.why === 'places' && pacer.ahead() > 0) {
    booking.notBefore = performance.now() + booked.waitMs; // what is booked is used first
    return false;
  }
  if (booked.places !== null) inFlight.setPlaces(booked.places);
  if (booked.block === null) {
    booking.notBefore = performance.now() + Math.min(booked.waitMs, push.settings.watchMs);
    push.progress.waiting(waitingFor[booked.why], booked.words);
    if (booked.why !== 'window') await standDown(push);
    return false;
  }
  push.progress.waiting(null, '');
  booking.last = booked.last;
  booking.isProbing = booked.block.probe;
  push.counts.booked += booked.block.permits;
  pacer.add(booked.block, { nowMs: booked.nowMs, answeredAt: performance.now() });
  await arm(push, pacer.ahead() - inFlight.waiting());
  return true;
}

const waitingFor = {
  paused: 'paused',
  stopped: 'paused',
  breaker: 'breaker',
  window: 'window',
  places: 'lanes',
} as const;

function book(push: Push, wanted: number): Promise<Booking> {
  const { limits, booking, inFlight, window } = push.pace;
  booking.hasPlaces = true; // from here on, even where the answer is lost
  return bookPermits(push.db, {
    account: push.scope.account,
    token: push.scope.token,
    origin: originOf(push.request.account.baseUrl),
    limits,
    wanted,
    last: booking.last,
    jitterMs: window.jitterMs(performance.now()),
    probeWithinMs: push.settings.requestDeadlineMs + 2_000,
    lifting: booking.lifting,
    places: {
      used: Math.max(inFlight.places(), inFlight.count()),
      needed: inFlight.count() + inFlight.waiting() + wanted,
      slowestMs: Math.min(push.latencies.slowestMs(), push.settings.requestDeadlineMs),
    },
  });
}

function permitsWanted(push: Push): number {
  const { pacer, inFlight, booking, limits } = push.pace;
  const ahead = pacer.ahead();
  const need = push.hand.work.length + inFlight.waiting() - ahead;
  if (need < 1 || pacer.aheadMs() > horizonMs) return 0;
  // one request finds out whether the credentials work again, or the platform is well again
  if (booking.lifting !== null || booking.isProbing) {
    if (ahead + inFlight.count() + push.answers.settler.waiting() > 0) return 0;
    booking.isProbing = false;
    return 1;
  }
  const turns = 1 + (horizonMs + blockMs) / Math.max(1, push.latencies.typicalMs());
  const places = inFlight.places() || limits.maxInFlight; // none: they are booked with the slots
  const room = Math.floor(places * turns) - inFlight.count() - ahead;
  return Math.min(need, room, blockSize(limits.pace, 0));
}

async function hasToken(push: Push): Promise<boolean> {
  const token = await push.answers.tokens.current();
  if (token.token !== undefined) return true;
  if (token.refused) push.ending.finish('credentials', token.reason);
  push.pace.booking.notBefore = performance.now() + push.settings.backoffFirstMs;
  push.progress.waiting('breaker', token.reason);
  return false;
}

async function arm(push: Push, most: number): Promise<void> {
  const { attempts, sending, settler } = push.answers;
  const { inFlight, window } = push.pace;
  const now = performance.now();
  const next = push.hand.work.splice(0, Math.max(0, most));
  // a pause may have lasted since it was decided that they may be sent again
  const late = next.filter(({ sendBy }) => sendBy < now);
  for (const work of late) settler.add(settleBeside(push, { step: 'give_up', work, ...keyForgotten }));
  const work = next.filter(({ sendBy }) => sendBy >= now);
  if (work.length === 0) return;
  const { armed, fenced, unbuilt } = await intend(push.db, sending, work);
  for (const each of fenced) push.hand.operations.delete(each.operation);
  for (const { work: each, reason } of unbuilt) settler.add(settleBeside(push, { work: each, reason }));
  for (const each of armed)
    inFlight.add(each, (probe) => attempts.send(each, probe, window.sent(performance.now())));
}

/** What was armed and has not left is not sent after all. */
export function disarm({ pace, answers }: Push): void {
  for (const armed of pace.inFlight.withdraw()) answers.settler.add(unsentOf(armed));
}

/** Nothing may leave for a while: what was armed is given back, so that a death meanwhile leaves no doubt. */
async function standDown(push: Push): Promise<void> {
  push.pace.pacer.drop();
  disarm(push);
  await push.answers.settler.drain();
}

/** Leaves the places of the account to others. Only while nothing is in flight. */
export async function leaveToOthers({ db, scope, pace }: Push): Promise<void> {
  if (!pace.booking.hasPlaces) return;
  pace.inFlight.setPlaces(0);
  await leavePlaces(db, scope.account, scope.token);
  pace.booking.hasPlaces = false;
}
