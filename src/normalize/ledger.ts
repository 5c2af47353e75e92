/** From the run's tables into the ledger. A chunk is one short transaction; a restart continues after the last mark. */
import { failpoint } from '../db/failpoint.ts';
import type { Client, Db } from '../db/pool.ts';
import { run as query, runMaybe } from '../db/sql.ts';
import { inTransaction } from '../db/transaction.ts';
import { lostRun } from '../ledger/end-run.ts';
import { contentRecipe } from '../mapping/content.ts';
import { crosswalkType, subjectField } from '../mapping/fields.ts';
import { parkInterval } from '../pipeline/definition.ts';
import { overRecords } from './at-fault.ts';
import { identityColumns } from './build.ts';
import type { Plan, Range, StagedFile } from './plan.ts';
import { onRun } from './tables.ts';

/** Operations per transaction unless stated otherwise: a second or two of work. */
export const defaultChunk = 20_000;

export interface LedgerRun {
  readonly id: string;
  readonly account: string;
  readonly pipeline: string;
}

/** Inserts what is left of a file. `progress` gets the rows of each chunk. */
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
      inTransaction(db, (client) => insertChunk(client, run, plan, file, { after: from, size }), {
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

async function insertChunk(
  client: Client,
  run: LedgerRun,
  plan: Plan,
  file: StagedFile,
  { after, size }: { readonly after: number; readonly size: number },
): Promise<Chunk> {
  const { tables, kind, pipeline, rows } = plan;
  await client.query(`set local jit = off; set local work_mem = '64MB'`);
  await query(client, 'normalize/lock', { account: run.account, kind: kind.name });
  const mark = await runMaybe(client, 'normalize/at-mark', { run: run.id, file: file.id, after });
  if (!mark) throw lostRun(run.id);
  const [end] = await onRun(client, tables, 'normalize/chunk-end', { file: file.id, after, size });
  const until = end?.record ?? null;
  const range: Range = { file: file.id, after, until };
  await insertOperations(client, run, plan, file, range);
  const stored = await rows.store(client, tables, range);
  await onRun(client, tables, 'normalize/row-errors', {
    ...range,
    run: run.id,
    columns: identityColumns(pipeline),
  });
  await query(client, 'normalize/mark-chunk', { run: run.id, file: file.id, until });
  if (until === null) await endFile(client, plan, file);
  failpoint('normalize/before-chunk-commit');
  return { rows: stored, until };
}

/** New operations go in; those that were there before are changed where the rows may do that. */
async function insertOperations(
  client: Client,
  run: LedgerRun,
  plan: Plan,
  file: StagedFile,
  range: Range,
): Promise<void> {
  const { tables, kind, pipeline, rows } = plan;
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
  // what meets nothing goes in; what the index then refuses has met a twin in this chunk, and is looked up once more
  for (let left = 1; left > 0; ) {
    await rows.meet(client, plan, file, range);
    await onRun(client, tables, 'normalize/lanes', {
      ...range,
      account: run.account,
      subjectType: kind.subjectType,
    });
    const [went] = await onRun(client, tables, 'normalize/operations', {
      ...range,
      ...about,
    });
    const { wanted = 0, made = 0 } = went ?? {};
    // when a turn inserts nothing, all that were left have met something
    left = made === 0 ? 0 : wanted - made;
  }
  if (!rows.mayChangeMet(file)) return;
  await onRun(client, tables, 'normalize/lock-met', { ...range });
  await onRun(client, tables, 'normalize/decide-met', { ...range, revives: rows.revives });
  await onRun(client, tables, 'normalize/change-met', { ...range, ...about });
}

async function endFile(client: Client, { tables }: Plan, file: StagedFile): Promise<void> {
  if (file.corrects.length > 0)
    await onRun(client, tables, 'normalize/withdrawn', { file: file.id, corrects: file.corrects });
  await query(client, 'normalize/mark-file', { file: file.id });
}
