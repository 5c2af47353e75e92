/**
 * The contract of a source. Each folder of this room that reads from one kind of place keeps it (registry.ts lists them), and
 * test/read/conformance.ts checks it for each.
 *
 * A source tries each act once: retrying.ts repeats. Names and paths are what the source returned: data, never used to
 * make a local path.
 */
import type { Readable } from 'node:stream';
import type { Code } from '../ground/catalogue.ts';
import type { EnvRef } from '../pipeline/source.ts';

/** Returns the secret for a reference, or nothing; asked at the moment of use, never stored. */
export type Secrets = (ref: EnvRef) => string | undefined;

/** Size and time of a file at one moment. */
export interface Look {
  readonly size: number;
  readonly mtime: Date;
}

/** A regular file that the pattern matches and whose name is accepted. */
export interface Candidate extends Look {
  /** The last part of its path. */
  readonly name: string;
  /** As the source names it. */
  readonly path: string;
}

/** Something that the pattern matches and that is never opened. `name` and `path` are escaped for printing. */
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

/** How an after action ended: `changed` means that another file has that name now, and it was left alone. */
export type Finished = 'done' | 'gone' | 'changed';

export interface Source {
  /** How a path is shown to people. */
  display(path: string): string;
  /** Returns nothing where there is no such folder. Throws READ_LISTING_TOO_LONG. */
  list(): Promise<Listing>;
  /** Returns a regular file's size and time now, or null if there is none. */
  look(path: string): Promise<Look | null>;
  /**
   * The bytes from an offset to the end. Before the first and after the last byte size and time are compared
   * with the candidate's. Throws READ_NOT_FINISHED if they differ, READ_TRUNCATED if the server sends fewer bytes than the
   * size that it states.
   */
  open(candidate: Candidate, from: number): AsyncIterable<Uint8Array>;
  /** Returns a small file beside the data (a companion), at most `limit` bytes, or null if there is none. */
  small(path: string, limit: number): Promise<Buffer | null>;
  /** Carries out the after action. Safe to repeat. `sha256` is of the bytes as received. */
  finish(candidate: Candidate, sha256: string, companion: string | null): Promise<Finished>;
  /**
   * Writes a file into a folder of the source, under a temporary name first, over what is there. Safe to repeat, so
   * `content` may be called more than once. Returns the path of the file.
   */
  putBack(folder: string, name: string, content: () => Readable): Promise<string>;
  /** Drops a connection that failed, so that the next act makes a new one. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export interface SourceContext {
  /** Where relative paths of a local source start (default: the working directory). */
  readonly base?: string;
  readonly secrets?: Secrets;
  readonly signal?: AbortSignal;
}

/** What must be there for a source to work, beyond the pipeline itself. */
export interface Needs {
  readonly secrets: readonly EnvRef[];
  /** Null: nothing to connect to. */
  readonly address: { readonly host: string; readonly port: number } | null;
}

/** One kind of source, as the registry lists it. */
export interface SourceType<Options> {
  /** Opens nothing yet. Libraries are loaded here, so that only a pipeline that needs them pays for it. */
  create(options: Options, context: SourceContext): Promise<Source>;
  /** How often an act is tried in all, and how long one file may take with all its attempts. */
  retries(options: Options): { readonly attempts: number; readonly totalMs: number };
  needs(options: Options): Needs;
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
