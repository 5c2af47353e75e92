/**
 * The promise of a source. `local.ts` and `sftp/source.ts` keep it; nothing above knows which one it talks to.
 *
 * Names and paths are what the source said: data, never used to make a local path.
 */
import type { Readable } from 'node:stream';
import type { Code } from '../ground/errors.ts';

/** What one look at a file shows. */
export interface Look {
  readonly size: number;
  readonly mtime: Date;
}

/** A regular file that the pattern matches and whose name can be taken. */
export interface Candidate extends Look {
  /** The last part of its path. */
  readonly name: string;
  /** Where it stands, as the source says it. */
  readonly path: string;
}

/** Something that the pattern matches and that is never opened. `name` and `path` are fit to be printed. */
export interface Trap {
  readonly name: string;
  readonly path: string;
  readonly code: Code;
  readonly message: string;
}

export interface Listing {
  readonly candidates: readonly Candidate[];
  readonly traps: readonly Trap[];
}

/** How an after action ended: `changed` means that another file stands there now, which was left alone. */
export type Finished = 'done' | 'gone' | 'changed';

export interface Source {
  readonly kind: 'local' | 'sftp';
  /** How a path is shown to people. */
  display(path: string): string;
  list(): Promise<Listing>;
  /** A regular file's size and time now, or null. */
  look(path: string): Promise<Look | null>;
  /**
   * The bytes from an offset to the end. Before the first and after the last byte size and time are compared
   * with the candidate's: a difference throws READ_NOT_FINISHED, fewer bytes than the size READ_TRUNCATED.
   */
  open(candidate: Candidate, from: number): AsyncIterable<Uint8Array>;
  /** A small file beside the data (a companion), at most `limit` bytes; null where there is none. */
  small(path: string, limit: number): Promise<Buffer | null>;
  /** Carries out the after action. Safe to repeat. `sha256` is of the bytes as received. */
  finish(candidate: Candidate, sha256: string, companion: string | null): Promise<Finished>;
  /** Writes a file into a folder of the source, under a temporary name first. Gives where it stands. */
  putBack(folder: string, name: string, content: Readable): Promise<string>;
  /** Forgets a connection that failed, so that the next act gets a fresh one. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** The folder part of a path with forward slashes, `.` where there is none. */
export function folderOf(path: string): string {
  const cut = path.lastIndexOf('/');
  if (cut < 0) return '.';
  return cut === 0 ? '/' : path.slice(0, cut);
}

/** A name in a folder, with forward slashes. */
export function within(folder: string, name: string): string {
  if (folder === '.') return name;
  return folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`;
}
