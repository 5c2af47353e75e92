/** What people do to accounts and runs from any machine: through the database, and recorded. */

import type { Db } from '../db/pool.ts';
import { run as query, runMaybe } from '../db/sql.ts';
import { inTransaction } from '../db/transaction.ts';
import { PointferryError } from '../ground/errors.ts';
import { recordDecision } from './decisions.ts';

/** Nobody sends for the account until `until` (or for ever), in any process, within a second. */
export async function pauseAccount(
  db: Db,
  account: string,
  who: { actor: string; until: Date | null; note: string },
): Promise<void> {
  const found = await inTransaction(
    db,
    (client) =>
      runMaybe(client, 'ledger/pause-account', {
        account,
        until: who.until?.toISOString() ?? 'infinity',
        reason: who.note,
        actor: who.actor,
      }),
    { idempotent: true },
  );
  if (!found) throw unknownAccount(account);
  await recordDecision(db, { actor: who.actor, verb: 'pause', account, note: who.note });
}

/** Lifts a pause, a stop by 401 or 403, and an open breaker. */
export async function unpauseAccount(db: Db, account: string, actor: string): Promise<void> {
  const found = await inTransaction(db, (client) => runMaybe(client, 'ledger/unpause-account', { account }), {
    idempotent: true,
  });
  if (!found) throw unknownAccount(account);
  await recordDecision(db, { actor, verb: 'unpause', account });
}

/** A person accepts that the platform of an account has another address now; the next send records it. */
export async function acceptAddress(db: Db, account: string, actor: string): Promise<void> {
  const found = await inTransaction(db, (client) => runMaybe(client, 'ledger/forget-origin', { account }), {
    idempotent: true,
  });
  if (!found) throw unknownAccount(account);
  await recordDecision(db, { actor, verb: 'accept-address', account });
}

/** Asks the live run(s) to stop cleanly. Gives those that were asked. */
export async function requestStop(
  db: Db,
  id: string | null,
  actor: string,
): Promise<{ id: string; pipeline: string }[]> {
  const asked = await inTransaction(db, (client) => query(client, 'ledger/request-stop', { id }), {
    idempotent: true,
  });
  for (const run of asked) await recordDecision(db, { actor, verb: 'stop', run: run.id });
  return asked;
}

const unknownAccount = (account: string): PointferryError =>
  new PointferryError('CONFIG_USAGE', `no run has used an account "${account}" yet`, {
    hint: 'pointferry status',
  });
