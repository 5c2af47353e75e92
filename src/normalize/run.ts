/**
 * Normalizes a run: raw text of its files -> operations and rows in the ledger.
 *
 * First all files are built in tables of the run and checked there. Then `beforeLedger` may stop (the intake threshold).
 * Then they are inserted, chunk by chunk. Every step is a transaction with its mark: called again after a crash, it repeats
 * what is not marked and nothing else.
 */
import { failpoint } from '../db/failpoint.ts';
import type { Client, Db } from '../db/pool.ts';
import { run as query } from '../db/sql.ts';
import { inTransaction, reading } from '../db/transaction.ts';
import type { Kind } from '../destinations/kind.ts';
import { lostRun } from '../ledger/end-run.ts';
import { groupingOf } from '../mapping/compile.ts';
import type { Pipeline } from '../pipeline/types.ts';
import { overFile, overRecords } from './at-fault.ts';
import { buildOperations, buildRows, resolveIdentities } from './build.ts';
import { insertFile } from './ledger.ts';
import { makePlan, type Plan, type RunRows, type StagedFile } from './plan.ts';
import { analyzeTables, dropTables, onRun, worthAnalyzing } from './tables.ts';

export interface NormalizeRun {
  readonly id: string;
  readonly pipeline: string;
  readonly account: string;
  /** Of a rerun: the pipeline as it was when the rerun began. */
  readonly definition: Pipeline;
}

/** Rows of the run, by what normalize decided. `operations` are those that will be sent, parked ones included. */
export interface Counts {
  readonly read: number;
  /** Damaged, at fault, or in conflict with the ledger. */
  readonly rejected: number;
  readonly damaged: number;
  readonly filtered: number;
  /** Of the rejected: what the ledger holds under the same identity refuses them. */
  readonly conflicts: number;
  readonly operations: number;
  /** Of the operations: the member is not known yet. */
  readonly parked: number;
}

export interface Hooks {
  /** Aborted: stops between two transactions by throwing the signal's reason. */
  readonly signal: AbortSignal;
  /** Gets the rows that came into the ledger since the last call. */
  readonly progress: (rows: number) => void;
  /** Called when all files are built, unless something is in the ledger already. Throws to stop before the ledger. */
  readonly beforeLedger: (counts: Counts) => Promise<void>;
  /** Operations per transaction of the ledger (default 20,000). */
  readonly chunk?: number;
}

/** Hours: a file of any size is one statement. */
const buildTimeoutMs = 6 * 3_600_000;
const options = { lostCommit: 'settle', statementTimeoutMs: buildTimeoutMs } as const;

/** Returns null if everything was in the ledger already. Throws DatabaseError, CONFIG_INVALID, or what the hooks throw. */
export async function normalizeRun(
  db: Db,
  run: NormalizeRun,
  request: { readonly kind: Kind; readonly rows: RunRows },
  hooks: Hooks,
): Promise<Counts | null> {
  const plan = makePlan({ run: run.id, pipeline: run.definition, ...request });
  const { tables, rows } = plan;
  const files = await reading(db, (client) => rows.files(client));
  if (files.every((file) => file.done)) {
    await inTransaction(db, (client) => dropTables(client, tables), { idempotent: true });
    return null;
  }
  await buildFiles(db, plan, files, hooks.signal);
  const counts = await resolve(db, plan);
  if (files.every((file) => file.nextRecord === 0 && !file.done)) await hooks.beforeLedger(counts);
  for (const file of files) {
    if (!file.done) await insertFile(db, run, plan, file, hooks);
  }
  await inTransaction(db, (client) => dropTables(client, tables), { idempotent: true });
  if (counts.operations >= worthAnalyzing)
    await reading(db, (client) => query(client, 'normalize/analyze-ledger'));
  return counts;
}

async function buildFiles(
  db: Db,
  plan: Plan,
  files: readonly StagedFile[],
  signal: AbortSignal,
): Promise<void> {
  const across = groupingOf(plan.pipeline) === 'run';
  for (const file of files) {
    if (across ? file.rowsDone : file.built) continue;
    signal.throwIfAborted();
    await overFile(db, plan, file, () =>
      inTransaction(db, (client) => buildFile(client, plan, file), options),
    );
    failpoint('normalize/after-build');
  }
  if (!across || files.every((file) => file.built)) return;
  signal.throwIfAborted();
  await overRecords(files.map((file) => file.name).join(', '), () =>
    inTransaction(
      db,
      async (client) => {
        await markBuilt(client, plan.run, files);
        await buildOperations(client, plan, files);
      },
      options,
    ),
  );
}

/** Its rows, and its operations unless groups reach across files. */
async function buildFile(client: Client, plan: Plan, file: StagedFile): Promise<void> {
  const marked = await query(client, 'normalize/mark-rows', { run: plan.run, file: file.id });
  if (marked.length === 0) throw lostRun(plan.run);
  await buildRows(client, plan, file);
  if (groupingOf(plan.pipeline) !== 'run') {
    await buildOperations(client, plan, [file]);
    await markBuilt(client, plan.run, [file]);
  }
  failpoint('normalize/before-build-commit');
}

/** Throws RUN_LOST if another process took over and built them. */
async function markBuilt(client: Client, run: string, files: readonly StagedFile[]): Promise<void> {
  const marked = await query(client, 'normalize/mark-built', { run, files: files.map((file) => file.id) });
  if (marked.length < files.length) throw lostRun(run);
}

/** What only shows when all files are built. Returns the counts. */
async function resolve(db: Db, plan: Plan): Promise<Counts> {
  const { tables, kind, pipeline, run, rows } = plan;
  return await inTransaction(
    db,
    async (client) => {
      await analyzeTables(client, tables);
      await resolveIdentities(client, plan);
      const [found] = await onRun(client, tables, rows.counts, { run });
      const [met] = await onRun(client, tables, 'normalize/count-meetings', {
        run,
        account: pipeline.account,
        kind: kind.name,
      });
      const number = (count: string | number | undefined): number => Number(count ?? 0);
      const conflicts = number(met?.conflicts);
      const damaged = number(found?.damaged);
      return {
        read: number(found?.read),
        damaged,
        rejected: number(found?.rejected) + damaged + conflicts,
        filtered: number(found?.filtered),
        conflicts,
        operations: number(found?.operations),
        parked: number(found?.unknownMembers),
      };
    },
    { idempotent: true, statementTimeoutMs: buildTimeoutMs },
  );
}
