/** After the database was away, or its ledger went back: what this process and the ledger know is brought together again. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../db/pool.ts';
import { run } from '../db/sql.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Suspect } from '../ledger/sent.ts';
import { land } from './land.ts';
import { disarm } from './pace/book.ts';
import type { Push } from './start.ts';
import { keyForgotten, keyLeftMs } from './work/doubt.ts';
import { restAfter } from './work/lane-rest.ts';

/**
 * The database was away in the middle of something: what was claimed or intended may be known to it and not to us.
 * Everything that left is waited for and settled, then all that is ours and not in store is given back.
 */
export async function recover(push: Push): Promise<void> {
  const { hand, pace, answers, request } = push;
  disarm(push);
  await land(push, push.settings.requestDeadlineMs);
  await answers.settler.drain();
  pace.inFlight.setPlaces(0); // a ledger that went back does not know of our places: they are booked again
  const kept = hand.work.map((work) => work.operation);
  for (const id of hand.operations.keys()) if (!kept.includes(id)) hand.operations.delete(id);
  // what a ledger that went back calls under way was sent, settled, and forgotten
  const isBehind = await request.holder.ledger.ask();
  if (isBehind) await outliveLedger(push, kept);
  else await inTransaction(push.db, (client) => giveBack(client, push, false, kept), { idempotent: true });
}

/** Frees what Postgres says is ours and we do not know of. Only when nothing is in flight or waits to be settled. */
async function giveBack(
  client: Client,
  { scope: { account, token } }: Push,
  behind: boolean,
  kept: readonly number[],
): Promise<void> {
  await run(client, 'push/give-back', { account, token, kept, behind });
}

/**
 * The ledger lost what was settled in its last seconds: all of it is sent again, under its old keys. What this process and
 * others had under way is waited for first, since the ledger does not know of it either. It may go back once more meanwhile:
 * what must be known of the requests is written down in the transaction that goes on.
 */
async function outliveLedger(push: Push, kept: readonly number[]): Promise<void> {
  const { signal, holder } = push.request;
  await sleep(restAfter(push.settings.requestDeadlineMs), undefined, { signal }).catch(
    () => undefined, // asked to stop: the next turn ends the push
  );
  const suspects = holder.sent.suspect();
  const seconds = await holder.ledger.goOn(async (client) => {
    await giveBack(client, push, true, kept);
    await noteSuspects(client, push, suspects);
  });
  push.progress.warn(
    `the ledger went back by about ${seconds} s: what was sent since is sent again under its old keys`,
  );
}

/**
 * What was sent and is forgotten, for any process to see, since this one may die before it comes to it. Events whose keys may
 * be forgotten as well are unknown from now on; the others are in doubt since they were sent.
 */
async function noteSuspects(
  client: Client,
  { scope, settings }: Push,
  suspects: readonly Suspect[],
): Promise<void> {
  const now = performance.now();
  const known = suspects.map(({ operation, key, first }) => ({ operation, key, age_ms: now - first }));
  const { account, token, by, keyRetentionMs } = scope;
  const isForgotten = (ageMs: number): boolean =>
    keyLeftMs(ageMs, keyRetentionMs, settings.requestDeadlineMs) < 0;
  const forgotten = JSON.stringify(known.filter(({ age_ms }) => isForgotten(age_ms)));
  const { reason } = keyForgotten;
  await run(client, 'push/settle-suspects', { account, by, reason, suspects: forgotten });
  await run(client, 'push/note-suspects', { account, token, suspects: JSON.stringify(known) });
}
