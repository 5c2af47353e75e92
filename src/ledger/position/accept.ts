/** A ledger that went back is gone on with: by a person, or by a push that lived through the loss of seconds. */

import type { Db } from '../../db/pool.ts';
import { runOne } from '../../db/sql.ts';
import { inTransaction } from '../../db/transaction.ts';
import { type Decision, noteDecision } from '../decisions.ts';
import { type LedgerPlace, readPlace } from './position.ts';

/**
 * Raises the generation above any `seen`, which tells every other process and machine, and records the decision. Gives where
 * the ledger is by then, and what it knows of the owners `tokens`.
 */
export const acceptPlace = (
  db: Db,
  decision: Decision,
  { seen, tokens }: { readonly seen: number; readonly tokens: readonly number[] },
): Promise<LedgerPlace> =>
  inTransaction(
    db,
    async (client) => {
      await runOne(client, 'ledger/accept-ledger', { seen });
      await noteDecision(client, decision);
      return readPlace(client, tokens);
    },
    { lostCommit: 'rerun' }, // a generation more does no harm
  );
