/** Runs for tests, made by the project's own functions. */

import type { Db } from '../../src/db/pool.ts';
import { beginRun, ensureAccount, type NewRun } from '../../src/ledger/begin-run.ts';
import { type Owner, registerOwner } from '../../src/ledger/owner.ts';
import type { Run } from '../../src/ledger/run.ts';

export const quietLog = (): void => undefined;

export const newOwner = (db: Db, leaseMs = 20_000): Promise<Owner> =>
  registerOwner(db, {
    actor: 'test',
    verb: 'test',
    lease: { leaseMs, heartbeatMs: leaseMs / 4 },
    log: quietLog,
  });

/** A held run of a pipeline; what is not given does not matter to the test. */
export async function newRun(db: Db, owner: Pick<Owner, 'token'>, run: Partial<NewRun> = {}): Promise<Run> {
  const account = run.account ?? 'hang-test';
  await ensureAccount(db, { name: account, platform: 'hang', stage: 'sandbox' });
  return beginRun(db, owner, {
    pipeline: 'sales',
    kind: 'hang.activity',
    scope: 'nightly',
    mode: 'run',
    businessDate: null,
    actor: 'test',
    definition: { account, operation: 'hang.activity', source: { kind: 'local', path: 'none' }, columns: {} },
    definitionHash: 'none',
    accountDefinition: { platform: 'hang', stage: 'sandbox', baseUrl: 'http://127.0.0.1' },
    options: {},
    of: [],
    folder: (id) => `/nowhere/${id}`,
    ...run,
    account,
  });
}
