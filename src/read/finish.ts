/** The after action, the same for every source: which file goes where, in which order, and what is left alone. */
import type { After } from '../pipeline/source.ts';
import { archivePath } from './after.ts';
import type { Candidate, Finished, Look } from './source.ts';

/** What a source can do with one file. */
export interface FileActs {
  look(path: string): Promise<Look | null>;
  /** Does nothing where there is none. */
  remove(path: string): Promise<void>;
  /** Makes the target's folder. Returns false, and moves nothing, if another file has that name. */
  moveIfFree(path: string, target: string): Promise<boolean>;
  /** Replaces what has that name. */
  moveOver(path: string, target: string): Promise<void>;
}

/**
 * Carries out the after action if the file is still the one that was read. A moved file never replaces another: it gets
 * the first digits of its hash behind its name.
 *
 * The data goes before its companion. A companion that a crash leaves behind is older than the next file of that name,
 * and ready.ts does not accept it for that file; data without a companion would wait for ever.
 */
export async function finishFile(
  acts: FileActs,
  after: After,
  file: { readonly candidate: Candidate; readonly sha256: string; readonly companion: string | null },
): Promise<Finished> {
  const { candidate, sha256, companion } = file;
  if (after === 'leave') return 'done';
  const now = await acts.look(candidate.path);
  if (now === null) return 'gone';
  if (now.size !== candidate.size || now.mtime.getTime() !== candidate.mtime.getTime()) return 'changed';
  for (const path of companion === null ? [candidate.path] : [candidate.path, companion]) {
    if (after === 'delete') await acts.remove(path);
    else if ((await acts.look(path)) !== null) {
      const target = archivePath(after, path);
      const moved = await acts.moveIfFree(path, target);
      if (!moved) await acts.moveOver(path, `${target}.${sha256.slice(0, 8)}`);
    }
  }
  return 'done';
}
