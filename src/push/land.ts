/** The end of a push: nothing new leaves, what is in flight is settled, and all else is given back. */
import { patiently } from './database-trouble.ts';
import { disarm, leaveToOthers } from './pace/book.ts';
import type { Push } from './start.ts';
import { release } from './work/claim.ts';

export async function landAll(push: Push): Promise<void> {
  const { hand, pace, answers, settings } = push;
  pace.pacer.drop();
  disarm(push);
  const isHurried = push.ending.end()?.ended === 'interrupted';
  await land(push, isHurried ? settings.stopWithinMs : settings.requestDeadlineMs);
  await answers.settler.drain();
  await release(push.db, push.scope.token, hand.work.splice(0)); // those in doubt keep their lanes
  await patiently(push.db, settings.databaseWithinMs, () => leaveToOthers(push));
}

/** Waits until nothing is in flight; what still is after `withinMs` is cut off, and is in doubt. */
export async function land({ pace, answers }: Push, withinMs: number): Promise<void> {
  const timer = setTimeout(answers.attempts.cutOff, withinMs);
  await pace.inFlight.answered();
  clearTimeout(timer);
}
