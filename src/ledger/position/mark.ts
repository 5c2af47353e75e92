/**
 * The furthest that ledgers were seen from this machine: one file a ledger, in `<workdir>/ledgers`, or in the folder that
 * POINTFERRY_LEDGER_DIR names, where work folders are thrown away.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PointferryError } from '../../ground/errors.ts';
import { furthestOf, type LedgerMark } from './position.ts';

/** The folder of the marks. */
export function marksFolder(workdir: string, env: Readonly<Record<string, string | undefined>>): string {
  return env.POINTFERRY_LEDGER_DIR || join(workdir, 'ledgers');
}

const fileOf = (folder: string, id: string): string => join(folder, `${id}.json`);

/** Null: this machine has not seen that ledger. Throws RUN_IO where a mark is there and cannot be read. */
export async function readMark(folder: string, id: string): Promise<LedgerMark | null> {
  const file = fileOf(folder, id);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw unreadable(file, error);
  }
  const mark = parse(text);
  if (mark?.id !== id) throw unreadable(file, undefined);
  return mark;
}

const unreadable = (file: string, cause: unknown): PointferryError =>
  new PointferryError('RUN_IO', `${file} says how far the ledger was seen, and cannot be read`, {
    hint: `mend its rights; or, where it is damaged and the ledger is known not to have gone back, remove it`,
    cause,
  });

/** What version 0.1.0 kept of one owner. */
type Earlier = { readonly token: number; readonly beats: number } | null;

function parse(text: string): LedgerMark | null {
  try {
    const { owner, ...mark } = JSON.parse(text) as LedgerMark & { owner?: Earlier };
    const { id, generation, system, timeline, flushed, newest } = mark;
    const owners = mark.owners ?? (owner ? [{ ...owner, identity: null, commits: 0 }] : []);
    if (typeof id !== 'string' || !Number.isSafeInteger(generation) || !Number.isSafeInteger(newest))
      return null;
    for (const { token, beats, commits } of owners)
      if (![token, beats, commits].every((count) => Number.isSafeInteger(count))) return null;
    if (flushed !== null && !/^\d+$/.test(flushed)) return null;
    return { id, generation, system, timeline, flushed, newest, owners };
  } catch {
    return null;
  }
}

/** Written beside itself and renamed: never half a mark. `lasting`: it is on disk, and outlives the machine too. */
export async function writeMark(folder: string, mark: LedgerMark, lasting: boolean): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const part = join(folder, `.${mark.id}.${randomUUID()}.part`);
  try {
    const file = await open(part, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(mark, null, 2)}\n`);
      if (lasting) await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, fileOf(folder, mark.id));
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** Another process of this machine may have seen it further on. */
export async function keepFurthest(folder: string, mark: LedgerMark, lasting: boolean): Promise<void> {
  const kept = await readMark(folder, mark.id);
  await writeMark(folder, kept === null ? mark : furthestOf(kept, mark), lasting);
}

/** The ledger is where `place` says, and lacks nothing of its owners that counts. Of other owners the mark stays as it is. */
export async function adoptMark(folder: string, place: LedgerMark): Promise<void> {
  const kept = await readMark(folder, place.id);
  if (kept === null) return writeMark(folder, place, true);
  const others = kept.owners.filter(({ token }) => !place.owners.some((owner) => owner.token === token));
  const newest = Math.max(kept.newest, place.newest);
  await writeMark(
    folder,
    { ...place, generation: kept.generation, newest, owners: [...place.owners, ...others] },
    true,
  );
}
