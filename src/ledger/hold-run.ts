/** Who holds a run: a living process keeps it, a dead one's run is released or taken over. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isDatabaseError } from '../db/failure.ts';
import type { Db } from '../db/pool.ts';
import { run as query, runMaybe } from '../db/sql.ts';
import { inTransaction, reading } from '../db/transaction.ts';
import { PointferryError } from '../ground/errors.ts';
import type { Waiting } from './owner.ts';
import { loadRun, type Run, type Scope } from './run.ts';
import { type Holding, moveRun } from './run-transaction.ts';
import { createSilence } from './silence.ts';
import { fenceOwner, type OwnerState, ownerState, standing } from './standing.ts';

/** The live run of a pipeline and scope is in the way: throws 75 if its holder lives, releases the run if not. */
export async function clearHolder(
  db: Db,
  pipeline: string,
  scope: Scope,
  waiting: Waiting | undefined,
): Promise<void> {
  const live = await reading(db, (client) => runMaybe(client, 'ledger/live-run', { pipeline, scope }));
  if (!live) return;
  await fence(db, live.id, live.owner, waiting);
  await reading(db, (client) =>
    query(client, 'ledger/release-dead-run', { id: live.id, heldBy: live.owner }),
  );
}

/** How often an owner that keeps silent is looked at. */
const lookMs = 500;

/**
 * Makes sure that an owner is out of the way. Returns once it has ended or has been fenced. Throws 75 when it lives.
 * Where its death cannot be seen, that means waiting for a whole lease of silence.
 */
async function fence(db: Db, runId: string, token: number, waiting: Waiting | undefined): Promise<void> {
  const silence = createSilence();
  let first: OwnerState | undefined;
  for (;;) {
    const owner = await reading(db, (client) => ownerState(client, token));
    if (!owner) return;
    const now = await standing(owner, silence);
    if (now === 'gone') return;
    if (now === 'dead') {
      if (await fenceOwner(db, owner)) return;
    } else {
      const stirred = first !== undefined && first.heartbeatAt !== owner.heartbeatAt;
      // one that is there and overdue may stand still: then it is watched like one that nobody can see
      if (stirred || (now === 'alive' && !owner.overdue)) throw heldBy(runId, owner);
      if (!first) waiting?.(owner);
      first ??= owner;
      await sleep(lookMs);
    }
  }
}

/**
 * Makes sure that nobody holds a run. Throws 75 while a living process does; a dead one's run is released, and stays interrupted.
 */
export async function letGo(db: Db, id: string, waiting: Waiting): Promise<void> {
  const { owner } = await loadRun(db, id);
  if (owner === null) return;
  await fence(db, id, owner, waiting);
  await inTransaction(db, (client) => query(client, 'ledger/release-dead-run', { id, heldBy: owner }), {
    idempotent: true,
  });
}

const heldBy = (runId: string, owner: OwnerState): PointferryError =>
  busy(`run ${runId} is held by ${owner.actor} on ${owner.host}, pid ${owner.pid} (${owner.verb})`);

export const busy = (message: string): PointferryError => new PointferryError('CONFIG_BUSY', message);

/**
 * Takes an unfinished run. Throws 75 when a living process holds it or another run of its pipeline and scope.
 */
export async function holdRun(db: Db, owner: Holding, id: string): Promise<Run> {
  for (let tries = 0; tries < 20; tries++) {
    const run = await loadRun(db, id);
    if (run.owner !== null) await fence(db, id, run.owner, owner.waiting);
    try {
      const held = await moveRun(db, 'hold', { lostCommit: 'settle' }, (client) =>
        runMaybe(client, 'ledger/hold-run', { id, token: owner.token, heldBy: run.owner }),
      );
      if (held) return await loadRun(db, id);
    } catch (error) {
      if (!isDatabaseError(error, '23505')) throw error;
      await clearHolder(db, run.pipeline, run.scope, owner.waiting);
    }
  }
  throw busy(`run ${id} is being taken again and again by others`);
}
