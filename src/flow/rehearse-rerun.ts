/** A rerun up to the push, by its own code, in one transaction that is rolled back. */

import type { Found } from '../check/find.ts';
import type { Client, Db } from '../db/pool.ts';
import { run as query } from '../db/sql.ts';
import { inTransaction } from '../db/transaction.ts';
import { type AgainForecast, forecastAgain } from '../normalize/forecast-again.ts';
import { destinationOf } from './prepare.ts';
import { bindingOf } from './rebind.ts';
import { NothingToRerun, type Selected, type Selection, takeRows } from './rerun.ts';
import { requireUnderstood } from './understood.ts';

export interface RehearsedRerun {
  readonly taken: Selected;
  readonly buckets: readonly AgainForecast[];
}

/** Thrown to roll back; carries the result out. */
class Over extends Error {
  readonly result: RehearsedRerun;
  constructor(result: RehearsedRerun) {
    super('rehearsed');
    this.result = result;
  }
}

const rehearsal = 'rehearsa1';

/** Null: nothing that was asked for is rejected or failed. Throws what `takeRows` throws. */
export async function rehearseRerun(
  db: Db,
  today: Found,
  asked: Selection,
  takeUncertain: boolean,
): Promise<RehearsedRerun | null> {
  const { kind } = await destinationOf(today.pipeline.operation, today.account.platform);
  const through = async (client: Client): Promise<never> => {
    await requireUnderstood(client, today);
    await query(client, 'rerun/rehearse', {
      id: rehearsal,
      pipeline: today.name,
      account: today.pipeline.account,
      kind: kind.name,
      of: asked.run,
    });
    const taken = await takeRows(client, rehearsal, asked, today);
    const bind = bindingOf(today.pipeline, kind);
    const request = { run: rehearsal, pipeline: today.pipeline, kind, takeUncertain, bind };
    throw new Over({ taken, buckets: await forecastAgain(client, request) });
  };
  try {
    return await inTransaction(db, through, { statementTimeoutMs: 3_600_000 });
  } catch (error) {
    if (error instanceof Over) return error.result;
    if (error instanceof NothingToRerun) return null;
    throw error;
  }
}
