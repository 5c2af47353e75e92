/** Parked operations: released by state once their member is known, rejected once their term is over. */
import { failpoint } from '../db/failpoint.ts';
import type { Client, Db } from '../db/pool.ts';
import { run as query } from '../db/sql.ts';
import { inTransaction, reading } from '../db/transaction.ts';
import type { Kind } from '../destinations/kind.ts';
import { mostKeyBytes } from '../mapping/keys.ts';

export interface Released {
  readonly released: number;
  readonly expired: number;
  /** Finished runs that have something to send: what was released, now or by a process that died over it. */
  readonly runs: readonly string[];
}

/** Per transaction: a second of work. */
const atOnce = 5_000;

/**
 * Looks at all parked operations of a pipeline and account. Idempotent, and safe in several processes at once. `by`: the run
 * that settles what has waited too long.
 */
export async function releaseParked(
  db: Db,
  scope: { readonly account: string; readonly pipeline: string; readonly by: string },
  kind: Pick<Kind, 'subjectType' | 'subjectField'>,
): Promise<Released> {
  let released = 0;
  let expired = 0;
  for (;;) {
    const found = await inTransaction(db, (client) => releaseSome(client, scope, kind), { idempotent: true });
    failpoint('normalize/after-release');
    released += found;
    if (found < atOnce) break;
  }
  const { account, pipeline, by } = scope;
  for (;;) {
    const gone = await inTransaction(
      db,
      (client) =>
        query(client, 'normalize/expire-parked', {
          account,
          pipeline,
          by,
          field: kind.subjectField,
          limit: atOnce,
        }),
      { idempotent: true },
    );
    expired += gone.length;
    if (gone.length < atOnce) break;
  }
  const runs = await reading(db, (client) => query(client, 'normalize/released-runs', { account, pipeline }));
  return { released, expired, runs: runs.map(({ run }) => run) };
}

async function releaseSome(
  client: Client,
  { account, pipeline }: { readonly account: string; readonly pipeline: string },
  { subjectType }: Pick<Kind, 'subjectType'>,
): Promise<number> {
  const known = await query(client, 'normalize/parked-known', {
    account,
    pipeline,
    limit: atOnce,
    mostBytes: mostKeyBytes,
  });
  if (known.length === 0) return 0;
  const subjects = known.map((one) => one.subject);
  await query(client, 'normalize/release-lanes', { account, subjectType, subjects });
  const done = await query(client, 'normalize/release', {
    subjectType,
    ids: known.map((one) => one.id),
    subjects,
  });
  failpoint('normalize/before-release-commit');
  return done.length;
}
