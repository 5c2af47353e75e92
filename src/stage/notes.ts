/** The row in pointferry.file that every file of a run gets, whether it was staged or not. */
import type { Client, Db } from '../db/pool.ts';
import { run as query, runOne } from '../db/sql.ts';
import { inTransaction, reading } from '../db/transaction.ts';
import type { Code } from '../ground/catalogue.ts';
import { lostRun } from '../ledger/end-run.ts';
import { type Landed, type Landing, type LandingRun, landedNothing, type Verdict } from './landing.ts';

/** What was decided about a file that was not staged. */
export interface Note {
  readonly verdict: Verdict;
  readonly code?: Code;
  readonly reason?: string;
  readonly earlierRun?: string;
}

/** Records a file that was not staged, and why. Throws RUN_LOST. */
export async function note(
  db: Db,
  run: LandingRun,
  file: Omit<Landing, 'open'> | { name: string; path: string },
  what: Note,
): Promise<Landed> {
  const id = await inTransaction(
    db,
    async (client) => {
      const noted = await addFile(client, run, file, what);
      await requireHeld(client, run);
      return noted;
    },
    { lostCommit: 'settle' },
  );
  return {
    ...landedNothing(what.verdict),
    file: id,
    code: what.code ?? null,
    reason: what.reason ?? null,
    earlierRun: what.earlierRun ?? null,
  };
}

/** Throws RUN_LOST if another process took the run over. */
export async function requireHeld(client: Client, { id, token }: LandingRun): Promise<void> {
  if (token === undefined) return;
  const held = await query(client, 'stage/still-ours', { run: id, token });
  if (held.length === 0) throw lostRun(id);
}

/** The notes that the run has so far. */
export const notesOf = async (db: Db, run: string): Promise<number[]> =>
  (await reading(db, (client) => query(client, 'stage/notes', { run }))).map(({ id }) => id);

/** Returns the file's id. */
export async function addFile(
  client: Client,
  run: LandingRun,
  file: Partial<Landing> & { name: string; path: string },
  what: Note & { readonly allowedAgain?: boolean; readonly correctionOf?: number | null },
): Promise<number> {
  await query(client, 'stage/forget-note', { ids: run.before ?? [], path: file.path, name: file.name });
  const { place } = await runOne(client, 'stage/next-place', { run: run.id });
  const { id } = await runOne(client, 'stage/add-file', {
    run: run.id,
    account: run.account,
    pipeline: run.pipeline,
    place,
    name: file.name,
    path: file.path,
    businessDate: file.businessDate ?? null,
    sha256: file.sha256 ?? null,
    contentSha256: file.contentSha256 ?? null,
    bytes: file.bytes ?? 0,
    verdict: what.verdict,
    code: what.code ?? null,
    reason: what.reason ?? null,
    earlierRun: what.earlierRun ?? null,
    allowedAgain: what.allowedAgain ?? false,
    correctionOf: what.correctionOf ?? null,
  });
  return id;
}
