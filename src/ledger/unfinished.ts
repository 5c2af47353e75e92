/** Runs that are not finished, and which of them are taken up by themselves. */
import type { Db } from '../db/pool.ts';
import { run as query } from '../db/sql.ts';
import { reading } from '../db/transaction.ts';
import { isLeft, nextStep } from './next-step.ts';
import type { Scope, Stage, Status } from './run.ts';

export interface Unfinished {
  readonly id: string;
  readonly pipeline: string;
  readonly scope: Scope;
  readonly stage: Stage;
  readonly status: Status;
  readonly exitCode: number | null;
  /** A process holds it, which may be dead. */
  readonly held: boolean;
  readonly dismissed: boolean;
}

/** Of one pipeline and scope, or of all: those that are taken up by themselves, and those that are left alone. Oldest first. */
export async function unfinishedRuns(db: Db, of?: { pipeline: string; scope: Scope }): Promise<Unfinished[]> {
  const runs = await reading(db, (client) => query(client, 'ledger/unfinished-runs'));
  return runs.filter((run) => {
    const { kind, byItself } = nextOf(run);
    const isAsked = of === undefined || (run.pipeline === of.pipeline && run.scope === of.scope);
    return isAsked && (byItself || isLeft(kind));
  });
}

/** Ids of all runs that `resume` without a name takes up, oldest first. */
export const resumableRuns = async (db: Db): Promise<string[]> =>
  (await unfinishedRuns(db)).filter((run) => nextOf(run).byItself).map(({ id }) => id);

/** Rows of an unfinished run are looked at when it is finished. */
export const nextOf = (run: Unfinished): ReturnType<typeof nextStep> => nextStep({ ...run, attention: 0 });
