/** From the run's tables into the ledger: a chunk is one short transaction; a restart goes on behind the last mark. */

import { failpoint } from '../db/failpoint.ts';
import type { Db } from '../db/pool.ts';
import { run as query, runMaybe } from '../db/sql.ts';
import { inTransaction } from '../db/transaction.ts';
import { lostRun } from '../ledger/end-run.ts';
import { contentRecipe } from '../mapping/content.ts';
import { crosswalkType, subjectField } from '../mapping/fields.ts';
import { parkInterval } from '../pipeline/definition.ts';
import { overRecords } from './at-fault.ts';
import { identityColumns, type Plan, type StagedFile } from './build.ts';
import { countOnRun, onRun } from './tables.ts';

/** Operations per transaction unless stated otherwise: a second or two of work. */
export const defaultChunk = 20_000;

export interface LedgerRun {
  readonly id: string;
  readonly account: string;
  readonly pipeline: string;
}

/** Inserts what is left of a file; `progress` is told the rows of each chunk. */
export async function insertFile(
  db: Db,
  run: LedgerRun,
  plan: Plan,
  file: StagedFile,
  hooks: { readonly signal: AbortSignal; readonly progress: (rows: number) => void; readonly chunk?: number },
): Promise<void> {
  let after: number | null = file.nextRecord;
  while (after !== null) {
    hooks.signal.throwIfAborted();
    const from: number = after;
    const size = hooks.chunk ?? defaultChunk;
    const words = `${file.name}, the ${size} operations after record ${from}`;
    const { rows, until }: Chunk = await overRecords(words, () =>
      inTransaction(db, (client) => insertChunk(client, run, plan, file, from, size), {
        lostCommit: 'settle',
        lockTimeoutMs: 600_000,
        statementTimeoutMs: 600_000,
      }),
    );
    failpoint('normalize/after-chunk');
    hooks.progress(rows);
    after = until;
  }
}

interface Chunk {
  readonly rows: number;
  /** Null: it was the last of the file. */
  readonly until: number | null;
}

type Client = Parameters<Parameters<typeof inTransaction>[1]>[0];

async function insertChunk(
  client: Client,
  run: LedgerRun,
  plan: Plan,
  file: StagedFile,
  after: number,
  size: number,
): Promise<Chunk> {
  const { tables, kind, pipeline } = plan;
  await client.query(`set local jit = off; set local work_mem = '64MB'`);
  await query(client, 'normalize/lock', { account: run.account, kind: kind.name });
  const mark = await runMaybe(client, 'normalize/at-mark', { run: run.id, file: file.id, after });
  if (!mark) throw lostRun(run.id);
  const [end] = await onRun<{ record: number }>(client, tables, 'chunk-end', {
    file: file.id,
    after,
    size,
  });
  const until = end?.record ?? null;
  const here = { file: file.id, after, until };
  const about = {
    account: run.account,
    kind: kind.name,
    nature: kind.nature,
    pipeline: run.pipeline,
    run: run.id,
    runSeq: file.runSeq,
    recipe: contentRecipe,
    keyType: crosswalkType(subjectField(pipeline, kind)),
    subjectType: kind.subjectType,
    parkFor: parkInterval(pipeline),
  };
  // what meets nothing goes in; what the index then refuses has met a twin of this very chunk, and is asked again
  for (let left = 1; left > 0; ) {
    await meet(client, plan, file, here, about);
    await onRun(client, tables, 'lanes', { ...here, account: run.account, subjectType: kind.subjectType });
    const [went] = await onRun<{ wanted: number; made: number }>(client, tables, 'operations', {
      ...here,
      ...about,
    });
    const { wanted = 0, made = 0 } = went ?? {};
    // a second turn that puts nothing in has found all that were left to have met
    left = made === 0 ? 0 : wanted - made;
  }
  if (plan.again !== undefined || file.corrects.length > 0) {
    await onRun(client, tables, 'lock-met', here);
    await onRun(client, tables, 'decide-met', { ...here, again: plan.again !== undefined });
    await onRun(client, tables, 'change-met', { ...here, ...about });
  }
  const rows = await countOnRun(client, tables, plan.again === undefined ? 'rows' : 'rerun-rows', here);
  if (plan.again !== undefined) await onRun(client, tables, 'rerun-clear-errors', here);
  await onRun(client, tables, 'row-errors', { ...here, run: run.id, columns: identityColumns(pipeline) });
  await query(client, 'normalize/mark-chunk', { run: run.id, file: file.id, until });
  if (until === null) await endFile(client, plan, file);
  failpoint('normalize/before-chunk-commit');
  return { rows, until };
}

interface Here {
  readonly file: number;
  readonly after: number;
  readonly until: number | null;
}

/** What the operations of a chunk meet in the ledger: events by identity; in a rerun states by the operation of their row too. */
async function meet(
  client: Client,
  plan: Plan,
  file: StagedFile,
  here: Here,
  { account, kind, nature }: { readonly account: string; readonly kind: string; readonly nature: string },
): Promise<void> {
  if (plan.again !== undefined)
    await onRun(client, plan.tables, 'rerun-meet', { ...here, account, kind, nature });
  else if (nature === 'event')
    await onRun(client, plan.tables, 'meet', { ...here, account, kind, corrects: file.corrects });
}

async function endFile(client: Client, { tables, again }: Plan, file: StagedFile): Promise<void> {
  // a rerun has some rows of the file only: what they leave out says nothing
  if (file.corrects.length > 0 && again === undefined)
    await onRun(client, tables, 'withdrawn', { file: file.id, corrects: file.corrects });
  await query(client, 'normalize/mark-file', { file: file.id });
}
