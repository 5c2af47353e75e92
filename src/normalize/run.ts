/**
 * Normalizes a run: raw text of its files -> operations and rows in the ledger.
 *
 * First all files are built in tables of the run and checked there; then `beforeLedger` may stop (the intake threshold);
 * then they are inserted, chunk by chunk. Every step is a transaction with its mark: called again after any death, it
 * redoes what is not marked and nothing else.
 */

import { failpoint } from '../db/failpoint.ts';
import type { Client, Db } from '../db/pool.ts';
import { run as query } from '../db/sql.ts';
import { inTransaction, reading } from '../db/transaction.ts';
import type { Kind } from '../destinations/kind.ts';
import { lostRun } from '../ledger/end-run.ts';
import { groupingOf } from '../mapping/compile.ts';
import type { Place } from '../mapping/source.ts';
import type { Pipeline } from '../pipeline/types.ts';
import { overFile, overRecords } from './at-fault.ts';
import { buildOperations, buildRows, identityColumns, type Plan, type StagedFile } from './build.ts';
import { insertFile } from './ledger.ts';
import { analyzeTables, dropTables, onRun, runTables, worthAnalyzing } from './tables.ts';

export interface NormalizeRun {
  readonly id: string;
  readonly pipeline: string;
  readonly account: string;
  readonly mode: 'run' | 'rerun' | 'backfill';
  /** Of a rerun: the pipeline as it was when the rerun began. */
  readonly definition: Pipeline;
}

/** Rows of the run, by what normalize decided; `operations` are those that will be sent, parked ones included. */
export interface Counts {
  readonly read: number;
  /** Rejected by us: damaged, at fault, or in conflict with the ledger. */
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
  /** Rows that came into the ledger since the last call. */
  readonly progress: (rows: number) => void;
  /** Called once all files are built, before anything enters the ledger; throws to stop there. Not called when the ledger was begun. */
  readonly beforeLedger: (counts: Counts) => Promise<void>;
  /** A rerun that names NORMALIZE_GROUP_UNCERTAIN: groups beside damage are whole. */
  readonly takeUncertain?: boolean;
  /** Of a rerun: where the columns that today's definition reads stand in a file of that header. */
  readonly bind?: (header: readonly string[]) => Readonly<Record<string, Place>>;
  /** Operations per transaction of the ledger (default 20,000). */
  readonly chunk?: number;
}

/** Hours: a file of any size is one statement. */
const buildTimeoutMs = 6 * 3_600_000;

/** Gives null where everything was in the ledger already. Throws DatabaseError, CONFIG_INVALID, or what the hooks throw. */
export async function normalizeRun(
  db: Db,
  run: NormalizeRun,
  kind: Kind,
  hooks: Hooks,
): Promise<Counts | null> {
  const pipeline = run.definition;
  const grouping = groupingOf(pipeline);
  const tables = runTables(run.id, grouping);
  const isAgain = run.mode === 'rerun';
  const again = isAgain ? { run: run.id, takeUncertain: hooks.takeUncertain ?? false } : undefined;
  const plan: Plan = { pipeline, kind, tables, ...(again === undefined ? {} : { again }) };
  const stored = await reading(db, (client) =>
    query<StagedFile>(client, isAgain ? 'normalize/rerun-files' : 'normalize/files', { run: run.id }),
  );
  const { bind } = hooks;
  const files = isAgain && bind ? stored.map((file) => ({ ...file, bound: bind(file.header) })) : stored;
  if (files.every((file) => file.done)) {
    await inTransaction(db, (client) => dropTables(client, tables), { idempotent: true });
    return null;
  }
  await buildFiles(db, run, plan, files, hooks.signal);
  const counts = await resolve(db, run, plan);
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
  run: NormalizeRun,
  plan: Plan,
  files: readonly StagedFile[],
  signal: AbortSignal,
): Promise<void> {
  const across = groupingOf(plan.pipeline) === 'run';
  const options = { lostCommit: 'settle', statementTimeoutMs: buildTimeoutMs } as const;
  for (const file of files) {
    if (across ? file.rowsDone : file.built) continue;
    signal.throwIfAborted();
    await overFile(db, run.id, plan, file, () =>
      inTransaction(
        db,
        async (client) => {
          const marked = await query(client, 'normalize/mark-rows', { run: run.id, file: file.id });
          if (marked.length === 0) throw lostRun(run.id);
          await buildRows(client, plan, file);
          if (!across) {
            await buildOperations(client, plan, file, [file]);
            await markBuilt(client, run.id, [file]);
          }
          failpoint('normalize/before-build-commit');
        },
        options,
      ),
    );
    failpoint('normalize/after-build');
  }
  const [first] = files;
  if (!across || first === undefined || files.every((file) => file.built)) return;
  signal.throwIfAborted();
  await overRecords(files.map((file) => file.name).join(', '), () =>
    inTransaction(
      db,
      async (client) => {
        await markBuilt(client, run.id, files);
        await buildOperations(client, plan, first, files);
      },
      options,
    ),
  );
}

/** Throws RUN_LOST where another process, which took over, has built them meanwhile. */
async function markBuilt(client: Client, run: string, files: readonly StagedFile[]): Promise<void> {
  const marked = await query(client, 'normalize/mark-built', { run, files: files.map((file) => file.id) });
  if (marked.length < files.length) throw lostRun(run);
}

/** What only shows when all files are there: one identity with two contents. Gives the counts. */
async function resolve(db: Db, run: NormalizeRun, plan: Plan): Promise<Counts> {
  const { tables, kind } = plan;
  return await inTransaction(
    db,
    async (client) => {
      await analyzeTables(client, tables);
      await onRun(client, tables, 'same-run', { columns: identityColumns(plan.pipeline) });
      const [found] = await onRun<Tally>(client, tables, plan.again ? 'rerun-counts' : 'counts', {
        run: run.id,
      });
      const [met] = await onRun<{ conflicts: string }>(client, tables, 'count-meetings', {
        run: run.id,
        account: run.account,
        kind: kind.name,
      });
      const number = (text: string | undefined): number => Number(text ?? 0);
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

type Tally = Readonly<
  Record<'read' | 'damaged' | 'filtered' | 'rejected' | 'operations' | 'unknownMembers', string>
>;
