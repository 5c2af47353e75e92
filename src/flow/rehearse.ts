/**
 * A run or a rerun up to the push, by its own code, in one transaction that is rolled back. No file is noted as seen or moved,
 * and nothing is sent.
 */
import type { Found } from '../check/find.ts';
import type { Client, Db } from '../db/pool.ts';
import { run as query } from '../db/sql.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Kind } from '../destinations/kind.ts';
import { PointferryError } from '../ground/errors.ts';
import { forecastRerun, type RerunForecast } from '../normalize/forecast.ts';
import { type StagedFile, stagedFile } from '../normalize/plan.ts';
import type { Outcome, ReadFile } from '../read/files.ts';
import { landInto } from '../stage/land.ts';
import { shapeOf } from '../stage/shape.ts';
import { businessDay } from './business-day.ts';
import { destinationOf } from './prepare.ts';
import { bindingOf } from './rebind.ts';
import { NothingToRerun, type Selected, type Selection, takeRows } from './rerun.ts';
import { requireUnderstood } from './understood.ts';

/** A file that a run would not land, and why. */
export interface NotTaken {
  readonly name: string;
  readonly code: string;
  readonly reason: string;
}

export interface Rehearsed {
  readonly client: Client;
  /** Id of the run that is rolled back. */
  readonly run: string;
  readonly files: readonly StagedFile[];
  readonly notTaken: readonly NotTaken[];
}

export interface RehearsedRerun {
  readonly taken: Selected;
  readonly buckets: readonly RerunForecast[];
}

/** Id of the run in the ledger while the transaction lasts. */
const rehearsal = 'rehearsal';

/** Lands `files` and hands them to `fn`. Known content counts as new: a rehearsal shows the file. */
export async function rehearse<T>(
  db: Db,
  request: {
    readonly found: Found;
    readonly kind: Kind;
    readonly files: readonly Outcome[];
    readonly signal: AbortSignal;
  },
  fn: (rehearsed: Rehearsed) => Promise<T>,
): Promise<T> {
  const { found, kind, files, signal } = request;
  const { name, pipeline, account } = found;
  return rolledBack(db, async (client) => {
    await requireUnderstood(client, found);
    await query(client, 'ledger/add-account', {
      name: pipeline.account,
      platform: account.platform,
      stage: account.stage,
    });
    await query(client, 'ledger/rehearse', {
      id: rehearsal,
      pipeline: name,
      account: pipeline.account,
      kind: kind.name,
      businessDate: businessDay(pipeline),
    });
    const notTaken: NotTaken[] = [];
    for (const file of files) {
      const refusal = file.kind === 'file' ? await landOrRefuse(client, file, found, kind, signal) : file;
      if (refusal !== null) notTaken.push({ name: file.name, code: refusal.code, reason: refusal.message });
    }
    const landed = (await query(client, 'normalize/files', { run: rehearsal })).map(stagedFile);
    return fn({ client, run: rehearsal, files: landed, notTaken });
  });
}

/** Returns why the file would be refused, or null if it was landed. */
async function landOrRefuse(
  client: Client,
  file: ReadFile,
  { name, pipeline }: Found,
  kind: Kind,
  signal: AbortSignal,
): Promise<PointferryError | null> {
  const landing = {
    name: file.name,
    path: file.displayPath,
    businessDate: file.businessDateText,
    dated: file.businessDateText !== null,
    sha256: file.sha256,
    contentSha256: file.contentSha256,
    bytes: file.bytes,
    open: () => file.open(),
  };
  await client.query('savepoint file');
  try {
    await landInto(client, {
      run: { id: rehearsal, account: pipeline.account, pipeline: name },
      file: landing,
      shape: shapeOf(pipeline, kind),
      options: { allowAgain: true, asNew: false, signal, progress: () => undefined },
      isKnown: true,
    });
    return null;
  } catch (error) {
    if (!(error instanceof PointferryError) || !/^(STAGE|READ)_/.test(error.code)) throw error;
    await client.query('rollback to savepoint file');
    return error;
  }
}

/** Returns null if no row of the selection is rejected or failed. Throws what `takeRows` throws. */
export async function rehearseRerun(
  db: Db,
  request: { readonly found: Found; readonly selection: Selection; readonly takeUncertain: boolean },
): Promise<RehearsedRerun | null> {
  const { found, selection, takeUncertain } = request;
  const { pipeline } = found;
  const { kind } = await destinationOf(pipeline.operation, found.account.platform);
  return rolledBack(db, async (client) => {
    await requireUnderstood(client, found);
    await query(client, 'rerun/rehearse', {
      id: rehearsal,
      pipeline: found.name,
      account: pipeline.account,
      kind: kind.name,
      of: selection.run,
    });
    const taken = await takeRows(client, rehearsal, selection, found);
    const bind = bindingOf(pipeline, kind);
    const buckets = await forecastRerun(client, { run: rehearsal, pipeline, kind, takeUncertain, bind });
    return { taken, buckets };
  }).catch((error: unknown) => {
    if (error instanceof NothingToRerun) return null;
    throw error;
  });
}

/** Carries a result out of a transaction: throwing is how `inTransaction` rolls back. */
class RolledBack<T> extends Error {
  readonly result: T;
  constructor(result: T) {
    super('rolled back');
    this.result = result;
  }
}

/** An hour: each statement may be over a whole file. */
const rehearsalTimeoutMs = 3_600_000;

/** Runs `fn` in a transaction that is always rolled back. */
async function rolledBack<T>(db: Db, fn: (client: Client) => Promise<T>): Promise<T> {
  try {
    return await inTransaction<never>(
      db,
      async (client) => {
        throw new RolledBack(await fn(client));
      },
      { statementTimeoutMs: rehearsalTimeoutMs },
    );
  } catch (error) {
    if (error instanceof RolledBack) return error.result as T;
    throw error;
  }
}
