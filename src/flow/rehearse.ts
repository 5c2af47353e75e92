/**
 * A run up to the push, by its own code, in one transaction that is rolled back: nothing is marked as seen, nothing is
 * sent, and no file is moved.
 */

import type { Found } from '../check/find.ts';
import type { Client, Db } from '../db/pool.ts';
import { run as query } from '../db/sql.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Kind } from '../destinations/kind.ts';
import { PointferryError } from '../ground/errors.ts';
import type { StagedFile } from '../normalize/build.ts';
import type { Outcome, ReadFile } from '../read/files.ts';
import { landInto } from '../stage/land.ts';
import { shapeOf } from '../stage/shape.ts';
import { businessDay } from './business-day.ts';
import { requireUnderstood } from './understood.ts';

/** A file that a run would not take, and why. */
export interface NotTaken {
  readonly name: string;
  readonly code: string;
  readonly reason: string;
}

export interface Rehearsed {
  readonly client: Client;
  /** Of the run that never was. */
  readonly run: string;
  readonly files: readonly StagedFile[];
  readonly notTaken: readonly NotTaken[];
}

/** Thrown to roll back; carries the result out. */
class Over<T> extends Error {
  readonly result: T;
  constructor(result: T) {
    super('rehearsed');
    this.result = result;
  }
}

const rehearsal = 'rehearsa1';

/** Lands `files` and hands them to `fn`, then undoes everything. Known content counts as new: a rehearsal shows the file. */
export async function rehearse<T>(
  db: Db,
  found: Found,
  kind: Kind,
  files: readonly Outcome[],
  signal: AbortSignal,
  fn: (rehearsed: Rehearsed) => Promise<T>,
): Promise<T> {
  const { name, pipeline, account } = found;
  try {
    await inTransaction(
      db,
      async (client): Promise<never> => {
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
        const run = { id: rehearsal, account: pipeline.account, pipeline: name };
        const notTaken: NotTaken[] = [];
        for (const file of files) {
          if (file.kind !== 'file') notTaken.push({ name: file.name, code: file.code, reason: file.message });
          else await landOrNote(client, run, file, pipeline, kind, signal, notTaken);
        }
        const landed = await query<StagedFile>(client, 'normalize/files', { run: rehearsal });
        throw new Over(await fn({ client, run: rehearsal, files: landed, notTaken }));
      },
      { statementTimeoutMs: 3_600_000 },
    );
  } catch (error) {
    if (error instanceof Over) return error.result as T;
    throw error;
  }
  throw new Error('a rehearsal was committed');
}

async function landOrNote(
  client: Client,
  run: { id: string; account: string; pipeline: string },
  file: ReadFile,
  pipeline: Found['pipeline'],
  kind: Kind,
  signal: AbortSignal,
  notTaken: NotTaken[],
): Promise<void> {
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
  const shape = shapeOf(pipeline, kind);
  const options = { allowAgain: true, asNew: false, signal, progress: () => undefined };
  await client.query('savepoint file');
  try {
    await landInto(client, { run, file: landing, shape, options, isKnown: true });
  } catch (error) {
    if (!(error instanceof PointferryError) || !/^(STAGE|READ)_/.test(error.code)) throw error;
    await client.query('rollback to savepoint file');
    notTaken.push({ name: file.name, code: error.code, reason: error.message });
  }
}
