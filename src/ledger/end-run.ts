/** A held run moves on to its next stage, ends, and is given back. */
import type { Db } from '../db/pool.ts';
import { run as query, runMaybe } from '../db/sql.ts';
import { inTransaction } from '../db/transaction.ts';
import { PointferryError } from '../ground/errors.ts';
import type { ExitCode } from '../ground/exit.ts';
import type { Stage, Status } from './run.ts';
import { type Holding, moveRun } from './run-transaction.ts';

/** Moves a held run to a stage. Throws RUN_LOST when this process does not hold it any more. */
export async function setStage(db: Db, owner: Holding, id: string, stage: Stage): Promise<void> {
  const kept = await moveRun(db, 'stage', { idempotent: true }, (client) =>
    runMaybe(client, 'ledger/set-stage', { id, stage, token: owner.token }),
  );
  if (!kept) throw lostRun(id);
}

/** Seconds add up over resumes. */
export async function addSeconds(db: Db, id: string, stage: Stage, seconds: number): Promise<void> {
  await inTransaction(
    db,
    (client) => query(client, 'ledger/add-seconds', { id, stage, seconds: seconds.toFixed(3) }),
    { lostCommit: 'settle' },
  );
}

export interface Ending {
  readonly status: Exclude<Status, 'running'>;
  readonly exitCode: ExitCode;
  readonly code: string | null;
  readonly reason: string | null;
}

/** Notes what became of a run. It is still held: `closeRun` gives it back once its files are written. */
export async function endRun(db: Db, owner: Holding, id: string, ending: Ending): Promise<void> {
  const { status, exitCode, code, reason } = ending;
  const kept = await moveRun(db, 'end', { idempotent: true }, (client) =>
    runMaybe(client, 'ledger/end-run', {
      id,
      token: owner.token,
      status,
      exitCode,
      stopCode: code,
      stopReason: reason,
    }),
  );
  if (!kept) throw lostRun(id);
}

/** Gives the run back. `done`: nothing of it is left to do, for ever. */
export async function closeRun(db: Db, owner: Holding, id: string, done: boolean): Promise<void> {
  await moveRun(db, 'close', { idempotent: true }, (client) =>
    query(client, 'ledger/close-run', { id, token: owner.token, done }),
  );
}

/** For a process whose run was taken over: whatever it does changes nothing any more. */
export const lostRun = (id: string): PointferryError =>
  new PointferryError('RUN_LOST', `run ${id} is not held by this process any more: another one took it over`);
