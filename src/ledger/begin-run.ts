/** A run begins. An index of Postgres (`run_one_live`) decides which run of a pipeline and scope may live. */
import { randomInt } from 'node:crypto';
import { isDatabaseError } from '../db/failure.ts';
import type { Client, Db } from '../db/pool.ts';
import { run as query } from '../db/sql.ts';
import { inTransaction } from '../db/transaction.ts';
import { busy, clearHolder } from './hold-run.ts';
import { loadRun, type Run } from './run.ts';
import { type Holding, moveRun } from './run-transaction.ts';

export interface NewRun
  extends Pick<
    Run,
    | 'pipeline'
    | 'account'
    | 'kind'
    | 'scope'
    | 'mode'
    | 'businessDate'
    | 'actor'
    | 'definition'
    | 'definitionHash'
    | 'accountDefinition'
    | 'of'
  > {
  readonly options: object;
  /** The run's folder, from its id. */
  readonly folder: (id: string) => string;
  /** What belongs to the run from its first moment, in the transaction that makes it; whatever it throws undoes the run. */
  readonly alongside?: (client: Client, id: string) => Promise<void>;
}

/** The account's row, made where it is not there. A name that stood for another platform is refused. */
export async function ensureAccount(
  db: Db,
  account: { name: string; platform: string; stage: string },
): Promise<void> {
  await inTransaction(db, (client) => query(client, 'ledger/add-account', { ...account }), {
    idempotent: true,
  });
}

/**
 * Begins a run and holds it. Throws CONFIG_BUSY (75), naming the holder, while a living process holds the pipeline and
 * scope; a dead one's run is released first, and stays interrupted.
 */
export async function beginRun(db: Db, owner: Holding, run: NewRun): Promise<Run> {
  for (let tries = 0; tries < 20; tries++) {
    const id = newId();
    try {
      await moveRun(db, 'begin', { lostCommit: 'settle' }, async (client) => {
        await createRun(client, owner, id, run);
        await run.alongside?.(client, id);
      });
      return await loadRun(db, id);
    } catch (error) {
      if (!isDatabaseError(error, '23505')) throw error;
      if (error.constraint === 'run_one_live') await clearHolder(db, run.pipeline, run.scope, owner.waiting);
    }
  }
  throw busy(`${run.pipeline} is being taken again and again by others`);
}

/** Letters and digits that nobody confuses when reading them out: no l, o, i, u, 0, 1. */
const letters = 'abcdefghjkmnpqrstvwxyz23456789';
const newId = (): string =>
  `r${Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join('')}`;

const createRun = (client: Client, owner: Holding, id: string, run: NewRun): Promise<unknown> =>
  query(client, 'ledger/create-run', {
    id,
    pipeline: run.pipeline,
    account: run.account,
    kind: run.kind,
    scope: run.scope,
    mode: run.mode,
    businessDate: run.businessDate,
    actor: run.actor,
    definition: JSON.stringify(run.definition),
    definitionHash: run.definitionHash,
    accountDefinition: JSON.stringify(run.accountDefinition),
    options: JSON.stringify(run.options),
    of: run.of,
    folder: run.folder(id),
    token: owner.token,
  });
