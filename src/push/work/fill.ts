/** Keeps operations claimed: doubts first, since their lanes are taken until they are settled, then what is ready. */
import { settleBeside } from '../answer/unanswered.ts';
import type { Push } from '../start.ts';
import { claim } from './claim.ts';
import { dueDoubts, keyLeftMs } from './doubt.ts';

/** Doubts that are due. Those that the retries' budget has no room for wait. */
export async function fillDoubts(push: Push): Promise<void> {
  const { hand, pace, allowance } = push;
  const now = performance.now();
  const resent = [...hand.operations].filter(([, work]) => work.doubtful).map(([id]) => id);
  const busy = [...resent, ...push.request.holder.sent.resting()];
  const steps = await dueDoubts(push.db, push.scope, push.settings, busy, hand.target);
  for (const step of steps) {
    const retries = step.step === 'resend' && step.work.budgeted ? 1 : 0;
    if (retries > pace.budget.left(now)) continue;
    pace.budget.spend(retries);
    hand.operations.set(step.work.operation, step.work);
    if (step.step === 'resend') {
      // it left before this command: neither --limit nor --only holds it back, and it counts
      allowance.begin(step.work.operation);
      hand.work.unshift(step.work);
    } else push.answers.settler.add(settleBeside(push, step));
  }
}

/** `on`: nothing here, but the round over the lanes is not over. `nothing`: a whole round found nothing. */
export type Looked = 'something' | 'on' | 'nothing' | 'full';

/** Claims until enough is in hand. */
export async function fillWork(push: Push): Promise<Looked> {
  const { hand, pace, allowance, counts } = push;
  const wanted = Math.min(hand.target - hand.work.length, allowance.left());
  if (wanted < hand.target / 2 && hand.work.length > 0) return 'full';
  if (wanted < 1 && allowance.among() === null) return 'full';
  if (hand.cursor === null) hand.hasFound = false;
  const claimed = await claim(push.db, claimScope(push), hand.cursor, Math.max(1, wanted));
  hand.cursor = claimed.cursor;
  pace.budget.spend(claimed.work.filter((work) => work.budgeted).length);
  counts.unchanged += claimed.unchanged;
  counts.superseded += claimed.superseded;
  if (claimed.unchanged + claimed.superseded > 0) push.progress.settled();
  for (const work of claimed.work) {
    hand.operations.set(work.operation, work);
    allowance.begin(work.operation);
    hand.work.push(work);
  }
  const found = claimed.work.length + claimed.unchanged + claimed.superseded > 0;
  hand.hasFound ||= found;
  if (found) return 'something';
  return hand.hasFound || hand.cursor !== null ? 'on' : 'nothing';
}

const claimScope = (push: Push): Parameters<typeof claim>[1] => ({
  ...push.scope,
  runs: [...push.hand.runs],
  only: push.request.only ?? null,
  among: push.allowance.among(),
  retries: push.pace.budget.left(performance.now()),
  isSuspect: push.request.holder.sent.isSuspect,
  keyLeftMs: (ageMs) => keyLeftMs(ageMs, push.scope.keyRetentionMs, push.settings.requestDeadlineMs),
  busy: new Set([...push.hand.operations.keys(), ...push.request.holder.sent.resting()]),
});
