/** Runs in the ledger: begun, held, gone on with, finished. Which run may live is decided by an index of Postgres. */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { failpoint } from '../db/failpoint.ts';
import { isDatabaseError } from '../db/failure.ts';
import type { Client, Db } from '../db/pool.ts';
import { run as query, runMaybe } from '../db/sql.ts';
import { inTransaction, reading, type TransactionOptions } from '../db/transaction.ts';
import { type ExitCode, exit, PointferryError } from '../ground/errors.ts';

import { isDay } from '../ground/words.ts';
import type { Owner, Waiting } from './owner.ts';
import { createSilence } from './silence.ts';
import { fenceOwner, type OwnerState, ownerState, standing } from './standing.ts';

/** A process that holds something, by its fencing token. */
type Holding = Pick<Owner, 'token'> & Partial<Pick<Owner, 'waiting'>>;

export type Scope = 'nightly' | 'backfill' | 'rerun';
export type Stage = 'read' | 'stage' | 'normalize' | 'push' | 'report' | 'done';
export type Status = 'running' | 'completed' | 'completed_with_errors' | 'stopped' | 'failed' | 'interrupted';

export interface RunRecord {
  readonly id: string;
  readonly seq: number;
  readonly pipeline: string;
  readonly account: string;
  readonly kind: string;
  readonly scope: Scope;
  readonly mode: 'run' | 'rerun' | 'backfill';
  readonly businessDate: string | null;
  readonly actor: string;
  /** As stored: parsed by whoever wrote it. */
  readonly definition: unknown;
  readonly definitionHash: string;
  readonly accountDefinition: unknown;
  readonly options: unknown;
  readonly of: readonly string[];
  readonly folder: string;
  readonly stage: Stage;
  readonly status: Status;
  readonly exitCode: number | null;
  readonly stopCode: string | null;
  readonly stopReason: string | null;
  readonly version: number;
  readonly seconds: Readonly<Record<string, number>>;
  readonly carried: Readonly<Record<string, number>>;
  readonly owner: number | null;
  readonly stopRequested: boolean;
  /** Given up by a person, since its end. */
  readonly dismissed: boolean;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

export interface NewRun {
  readonly pipeline: string;
  readonly account: string;
  readonly kind: string;
  readonly scope: Scope;
  readonly mode: 'run' | 'rerun' | 'backfill';
  readonly businessDate: string | null;
  readonly actor: string;
  readonly definition: unknown;
  readonly definitionHash: string;
  readonly accountDefinition: unknown;
  readonly options: unknown;
  readonly of: readonly string[];
  /** The run's folder, from its id. */
  readonly folder: (id: string) => string;
  /** What belongs to the run from its first moment, in the transaction that makes it; whatever it throws undoes the run. */
  readonly alongside?: (client: Client, id: string) => Promise<void>;
}

/** Letters and digits that nobody confuses when reading them out: no l, o, i, u, 0, 1. */
const letters = 'abcdefghjkmnpqrstvwxyz23456789';
const newId = (): string =>
  `r${Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join('')}`;

/** The account's row, made where it is not there. A name that stood for another platform is refused. */
export async function ensureAccount(
  db: Db,
  account: { name: string; platform: string; stage: string },
): Promise<void> {
  await inTransaction(db, (client) => query(client, 'ledger/add-account', { ...account }), {
    idempotent: true,
  });
}

/** A transaction that moves a run, between two failpoints. */
async function moving<T>(
  db: Db,
  what: 'begin' | 'hold' | 'stage' | 'end' | 'close',
  options: TransactionOptions,
  fn: (client: Client) => Promise<T>,
): Promise<T> {
  const result = await inTransaction(
    db,
    async (client) => {
      const value = await fn(client);
      failpoint(`run/before-${what}-commit`);
      return value;
    },
    options,
  );
  failpoint(`run/after-${what}`);
  return result;
}

/**
 * Begins a run and holds it. Throws `busy` (75), naming the holder, while a living process holds the pipeline and
 * scope; a dead one's run is released first, and stays interrupted.
 */
export async function beginRun(db: Db, owner: Holding, run: NewRun): Promise<RunRecord> {
  for (let tries = 0; tries < 20; tries++) {
    const id = newId();
    try {
      await moving(db, 'begin', { lostCommit: 'settle' }, async (client) => {
        await query(client, 'ledger/create-run', {
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

/** The live run of a pipeline and scope is in the way: throws 75 if its holder lives, releases the run if not. */
async function clearHolder(
  db: Db,
  pipeline: string,
  scope: Scope,
  waiting: Waiting | undefined,
): Promise<void> {
  const live = await reading(db, (client) =>
    runMaybe<{ id: string; owner: number }>(client, 'ledger/live-run', { pipeline, scope }),
  );
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

const busy = (message: string): PointferryError =>
  new PointferryError('CONFIG_BUSY', message, { exitCode: exit.busy });

/**
 * Takes an unfinished run. Throws 75 when a living process holds it or another run of its pipeline and scope.
 */
export async function holdRun(db: Db, owner: Holding, id: string): Promise<RunRecord> {
  for (let tries = 0; tries < 20; tries++) {
    const run = await loadRun(db, id);
    if (run.owner !== null) await fence(db, id, run.owner, owner.waiting);
    try {
      const held = await moving(db, 'hold', { lostCommit: 'settle' }, (client) =>
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

export async function loadRun(db: Db, id: string): Promise<RunRecord> {
  const run = await reading(db, (client) => runMaybe<RunRecord>(client, 'ledger/run', { id }));
  if (!run) throw new PointferryError('CONFIG_USAGE', `there is no run ${id}`, { hint: 'pointferry status' });
  return run;
}

/** `<run>` as people type it: an id, PIPELINE@last or PIPELINE@DATE. */
export async function resolveRun(db: Db, word: string): Promise<string> {
  const [pipeline, when] = word.split('@');
  if (when === undefined) return (await loadRun(db, word)).id;
  if (when !== 'last' && !isDay(when)) {
    throw new PointferryError('CONFIG_USAGE', `${word}: expected PIPELINE@last or PIPELINE@yyyy-mm-dd`);
  }
  const found = await reading(db, (client) =>
    runMaybe<{ id: string }>(client, 'ledger/find-run', { pipeline, date: when === 'last' ? null : when }),
  );
  if (!found)
    throw new PointferryError('CONFIG_USAGE', `there is no run ${word}`, { hint: 'pointferry status' });
  return found.id;
}

export interface Unfinished {
  readonly id: string;
  readonly status: Status;
  readonly exitCode: number | null;
  readonly owner: number | null;
  readonly stopCode: string | null;
}

/** Unfinished runs of a pipeline and scope, oldest first. */
export async function unfinishedRuns(db: Db, pipeline: string, scope: Scope): Promise<Unfinished[]> {
  return reading(db, (client) => query<Unfinished>(client, 'ledger/unfinished-runs', { pipeline, scope }));
}

/** Moves a held run to a stage. Throws when the run is no longer ours. */
export async function setStage(db: Db, owner: Holding, id: string, stage: Stage): Promise<void> {
  const kept = await moving(db, 'stage', { idempotent: true }, (client) =>
    runMaybe(client, 'ledger/set-stage', { id, stage, token: owner.token }),
  );
  if (!kept) throw lostRun(id);
}

export async function addSeconds(db: Db, id: string, stage: Stage, seconds: number): Promise<void> {
  await inTransaction(
    db,
    (client) => query(client, 'ledger/add-seconds', { id, stage, seconds: seconds.toFixed(3) }),
    {
      lostCommit: 'settle',
    },
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
  const kept = await moving(db, 'end', { idempotent: true }, (client) =>
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

/** Gives the run back; `done`: for ever, nothing of it is left to do. */
export async function closeRun(db: Db, owner: Holding, id: string, done: boolean): Promise<void> {
  await moving(db, 'close', { idempotent: true }, (client) =>
    query(client, 'ledger/close-run', { id, token: owner.token, done }),
  );
}

/** What a late owner is told: it changes nothing any more. */
export const lostRun = (id: string): PointferryError =>
  new PointferryError('RUN_LOST', `run ${id} is not held by this process any more: another one took it over`);

export interface Decision {
  readonly actor: string;
  readonly verb: string;
  readonly account?: string | null;
  readonly run?: string;
  readonly note?: string;
  readonly detail?: unknown;
}

/** A person goes on with a run although a threshold stopped it. */
export async function acceptThreshold(db: Db, id: string, actor: string): Promise<void> {
  await inTransaction(
    db,
    async (client) => {
      await query(client, 'ledger/accept-threshold', { id });
      await noteDecision(client, { actor, verb: 'accept-threshold', run: id });
    },
    { lostCommit: 'settle' },
  );
}

/** Keeps who decided what. */
export async function recordDecision(db: Db, decision: Decision): Promise<void> {
  await inTransaction(db, (client) => noteDecision(client, decision), { lostCommit: 'settle' });
}

/** The same within the transaction that does what was decided. */
export async function noteDecision(client: Client, decision: Decision): Promise<void> {
  const { actor, verb, account, run, note, detail } = decision;
  await query(client, 'ledger/decide', {
    actor,
    verb,
    account: account ?? null,
    run: run ?? null,
    note: note ?? null,
    detail: JSON.stringify(detail ?? {}),
  });
}
