/** A person gives up a run, or the rows of one of its groups of errors. Recorded; no row and no book changes. */

import type { Db } from '../db/pool.ts';
import { run as query, runMaybe } from '../db/sql.ts';
import { inTransaction, reading } from '../db/transaction.ts';
import { PointferryError } from '../ground/errors.ts';
import { exit } from '../ground/exit.ts';
import { noteDecision } from './decisions.ts';
import { letGo } from './hold-run.ts';
import type { Waiting } from './owner.ts';
import { loadRun } from './run.ts';

export interface Dismissal {
  readonly run: string;
  /** Null: the run as a whole. */
  readonly group: number | null;
  readonly actor: string;
  readonly note: string;
}

/** Throws 64 where there is nothing to give up, and 75 while a living process is at the run. */
export async function dismiss(db: Db, dismissal: Dismissal, waiting: Waiting): Promise<void> {
  const { run, group, actor, note } = dismissal;
  await requireOpen(db, dismissal);
  if (group === null) await letGo(db, run, waiting);
  await inTransaction(
    db,
    async (client) => {
      const done =
        group === null
          ? await query(client, 'ledger/dismiss-run', { id: run, actor, note })
          : await query(client, 'ledger/dismiss-group', { run, number: group, actor, note });
      if (done.length === 0) throw taken(run);
      await noteDecision(client, {
        actor,
        verb: 'dismiss',
        run,
        note,
        detail: group === null ? {} : { group },
      });
    },
    { lostCommit: 'settle' },
  );
}

/** Is there anything of it that a person could give up? */
export async function requireOpen(
  db: Db,
  { run: id, group }: Pick<Dismissal, 'run' | 'group'>,
): Promise<void> {
  const run = await loadRun(db, id);
  if (group !== null) return requireGroup(db, id, group);
  if (run.stage !== 'done') return;
  if (run.mode === 'rerun')
    throw nothing(`${id} is a finished rerun: its rows are those of ${run.of.join(', ')}`);
  if (run.exitCode === exit.ok) throw nothing(`nothing of ${id} is open`);
}

async function requireGroup(db: Db, run: string, number: number): Promise<void> {
  const found = await reading(db, (client) => runMaybe(client, 'ledger/group-rows', { run, number }));
  if (found && found.rows > 0) return;
  throw nothing(
    found ? `no row of group ${number} of ${run} wants a person` : `run ${run} has no group ${number}`,
    `pointferry errors ${run} --group`,
  );
}

const nothing = (message: string, hint = 'pointferry status --open'): PointferryError =>
  new PointferryError('CONFIG_USAGE', message, { hint });

const taken = (run: string): PointferryError =>
  new PointferryError('CONFIG_BUSY', `run ${run} was taken up by another process meanwhile`);
