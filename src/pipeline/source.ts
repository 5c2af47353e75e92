/** Where a pipeline's files come from, as a pipeline says it: plain data; `src/read` keeps the promise. */

import type { Duration } from '../ground/duration.ts';

export type { Duration };

/** The name of an environment variable; never its value. Written `env('NAME')`. */
export interface EnvRef {
  readonly env: string;
}

/** Refers to an environment variable (or to the file that `NAME_FILE` names). Only the name is ever stored. */
export function env(name: string): EnvRef {
  return { env: name };
}

/** When a file counts as finished. All rules stated must hold; none stated: a file is taken as it is found. */
export interface ReadyRules {
  /** Size and time unchanged over this long: `'60s'`. */
  readonly stableFor?: Duration;
  /** Seen unchanged in so many looks, the first and the last included (default 3, at least 2). */
  readonly looks?: number;
  /** Last written at least this long ago: `'2m'`. */
  readonly minAge?: Duration;
  /**
   * A file beside it that must be there: `'{name}.done'`, `'{stem}.sha256'`, `'manifest.txt'`; `{stem}` is the name
   * without what follows the last dot. One without a placeholder (a manifest) must name the file. Hashes found in it
   * are verified; one that ends in `.sha256` or `.md5` must hold that hash.
   */
  readonly companion?: string;
  /** What the companion must say of the file: `['size']`. A size is looked for only where this names it. */
  readonly holds?: readonly ('size' | 'sha256' | 'md5')[];
  /** Names that end so are still being written (default `.part`, `.filepart`, `.tmp`). */
  readonly ignore?: readonly string[];
}

/**
 * What becomes of a file at its source once its content is safe in the database. `move` names a folder, relative to
 * the file's own.
 */
export type After = 'leave' | 'delete' | { readonly move: string } | { readonly rename: string };

/** PGP: decrypts, and requires a signature. */
export interface PgpRules {
  /** Our private key, armored. */
  readonly key: EnvRef;
  readonly passphrase?: EnvRef;
  /** Public keys of those who may sign, armored. */
  readonly signers: EnvRef | { readonly file: string };
  /** Fingerprints of the (primary) keys accepted; several for rotation. */
  readonly fingerprints: readonly string[];
}

export interface UnpackLimits {
  /** Bytes that one file may unpack to (default 20 GB). */
  readonly outputBytes: number;
  /** Unpacked over packed, looked at from 16 MB of output on (default 200). */
  readonly ratio: number;
  /** Entries of one archive (default 1,000). */
  readonly entries: number;
  /** Time for one file (default `30m`). */
  readonly time: Duration;
}

/** How a file is unpacked; gzip, zip and zstd need nothing stated. */
export interface UnpackRules {
  /** Which entries of an archive are files of this pipeline (default all): `'*.csv'`. */
  readonly entries?: string;
  /** Stated: nothing that is not encrypted and signed is taken. */
  readonly pgp?: PgpRules;
  readonly limits?: Partial<UnpackLimits>;
}

/** What local folders and SFTP servers have in common. */
export interface CommonSource {
  /** Folder and name, with `*`, `?`, `[...]`, `{a,b}` and `**`: `'in/transactions_*.csv.gz'`. */
  readonly path: string;
  /** When a file counts as finished. */
  readonly ready?: ReadyRules;
  /** What becomes of a file afterwards (default `'leave'`). */
  readonly after?: After;
  /** Which come first when `take` leaves some for a later run (default `'oldest'`). */
  readonly order?: 'oldest' | 'newest';
  /** At most so many files a run (default all). */
  readonly take?: number;
  /** At most so many names looked at; more is an error (default 20,000). */
  readonly maxListed?: number;
  /** Files larger than this are refused, in bytes as received (default 20 GB). */
  readonly maxBytes?: number;
  /** Archives and encryption. */
  readonly unpack?: UnpackRules;
  /** A folder of the source that gets errors.csv after a run with errors, as `<pipeline>_<run>_errors.csv`. */
  readonly putBack?: string;
}

export interface LocalSource extends CommonSource {
  readonly kind: 'local';
}

export interface SftpSource extends CommonSource {
  readonly kind: 'sftp';
  readonly host: string;
  /** Default 22. */
  readonly port?: number;
  readonly user: string;
  readonly auth: {
    readonly password?: EnvRef;
    readonly key?: EnvRef;
    readonly passphrase?: EnvRef;
    /** Path of an agent's socket, or `true` for the one of the environment. */
    readonly agent?: string | true;
    /** Answers to keyboard-interactive prompts, in order (default: the password). */
    readonly answers?: readonly EnvRef[];
  };
  /** `SHA256:…`, lines of `ssh-keygen -l` or public keys; several for rotation. Nothing is trusted on first use. */
  readonly hostKeys?: readonly string[];
  /** A known_hosts file, hashed names included. */
  readonly knownHosts?: string;
  /** For connecting, for each answer, for each file (default 20 s, 30 s, 2 h). */
  readonly deadlines?: { readonly connect?: Duration; readonly stall?: Duration; readonly total?: Duration };
  /** Fresh sessions tried for one act (default 4). */
  readonly attempts?: number;
}

export type Source = LocalSource | SftpSource;

/** Files of a folder on this machine: `local('in/*.csv')` or `local({ path, ready, after })`. */
export function local(source: string | Omit<LocalSource, 'kind'>): LocalSource {
  return typeof source === 'string' ? { kind: 'local', path: source } : { kind: 'local', ...source };
}

/** Files of an SFTP server: `sftp({ host, user, auth, hostKeys, path, ready })`. */
export function sftp(source: Omit<SftpSource, 'kind'>): SftpSource {
  return { kind: 'sftp', ...source };
}
