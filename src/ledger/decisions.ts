/** What operators decided: who, when and why. */
import type { Client, Db } from '../db/pool.ts';
import { run as query } from '../db/sql.ts';
import { inTransaction } from '../db/transaction.ts';

export interface Decision {
  readonly actor: string;
  readonly verb: string;
  readonly account?: string | null;
  readonly run?: string;
  readonly note?: string;
  readonly detail?: unknown;
}

/** An operator resumes a run although a threshold stopped it. */
export async function acceptThreshold(db: Db, id: string, actor: string): Promise<void> {
  await inTransaction(
    db,
    async (client) => {
      await query(client, 'ledger/accept-threshold', { id });
      await noteDecision(client, { actor, verb: 'accept-threshold', run: id });
    },
    { lostCommit: 'settle' },
  );
}

export async function recordDecision(db: Db, decision: Decision): Promise<void> {
  await inTransaction(db, (client) => noteDecision(client, decision), { lostCommit: 'settle' });
}

/** The same within the transaction that does what was decided. */
export async function noteDecision(client: Client, decision: Decision): Promise<void> {
  const { actor, verb, account, run, note, detail } = decision;
  await query(client, 'ledger/decide', {
    actor,
    verb,
    account: account ?? null,
    run: run ?? null,
    note: note ?? null,
    detail: JSON.stringify(detail ?? {}),
  });
}
