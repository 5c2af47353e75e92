/**
 * What a pipeline may say about its source: plain data, as the grammar holds it. Nothing here opens anything.
 *
 * Durations are text (`'60s'`), secrets are references that the caller resolves (`Secrets`), paths are data.
 */
import { PointferryError } from '../errors.ts';

/** A number and a unit: `500ms`, `60s`, `5m`, `2h`, `3d`. */
export type Duration = string;

/** The name of a secret, for example of an environment variable; never the secret itself. */
export interface SecretRef {
  readonly env: string;
}
/** Gives the secret for a reference, or nothing; asked at the moment of use, never stored. */
export type Secrets = (ref: SecretRef) => string | undefined;

/** When a file counts as finished. All rules stated must hold; none stated: a file is taken as it is found. */
export interface ReadyRules {
  /** Size and time unchanged over this long ... */
  readonly stableFor?: Duration;
  /** ... seen in this many looks, the first and the last included (default 3, at least 2). */
  readonly looks?: number;
  /** Last written at least this long ago, by the clock of this machine. */
  readonly minAge?: Duration;
  /**
   * A file beside it that must be there: `{name}.done`, `{stem}.sha256`, `manifest.txt`. `{name}` is the file's
   * name, `{stem}` the same without what follows the last dot. One without a placeholder (a manifest) must name
   * the file. Hashes found in it are verified; one that ends in `.sha256` or `.md5` must hold that hash.
   */
  readonly companion?: string;
  /** What the companion must say of the file; a size is looked for only where this names it. */
  readonly holds?: readonly ('size' | 'sha256' | 'md5')[];
  /** Names that end so are still being written (default `.part`, `.filepart`, `.tmp`). */
  readonly ignore?: readonly string[];
}

/** What becomes of a file at its source once it is taken. `move` names a folder, relative to the file's own. */
export type After = 'leave' | 'delete' | { readonly move: string } | { readonly rename: string };

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

export interface PgpRules {
  /** The private key, armored. */
  readonly key: SecretRef;
  readonly passphrase?: SecretRef;
  /** Public keys of those who may sign, armored. */
  readonly signers: SecretRef | { readonly file: string };
  /** Fingerprints of the signing (primary) keys accepted; several for rotation. */
  readonly fingerprints: readonly string[];
}

export interface UnpackRules {
  /** Which entries of an archive are files of this pipeline (default all). */
  readonly entries?: string;
  readonly pgp?: PgpRules;
  readonly limits?: Partial<UnpackLimits>;
}

interface Common {
  /** Folder and name, with `*`, `?`, `[...]`, `{a,b}` and `**`; with forward slashes. */
  readonly path: string;
  readonly ready?: ReadyRules;
  /** Default `leave`. */
  readonly after?: After;
  /** Which come first when `take` leaves some for a later run (default `oldest`). */
  readonly order?: 'oldest' | 'newest';
  /** At most so many files a run (default all). */
  readonly take?: number;
  /** At most so many names looked at; more is an error (default 20,000). */
  readonly maxListed?: number;
  /** Files larger than this are refused, in bytes as received (default 20 GB). */
  readonly maxBytes?: number;
  readonly unpack?: UnpackRules;
}

export interface LocalOptions extends Common {
  readonly kind: 'local';
}

export type SftpAuth = {
  readonly password?: SecretRef;
  /** The private key, OpenSSH or PEM. */
  readonly key?: SecretRef;
  readonly passphrase?: SecretRef;
  /** Path of an agent's socket, or `true` for the one of the environment (SSH_AUTH_SOCK). */
  readonly agent?: string | true;
  /** Answers to keyboard-interactive prompts, in order. */
  readonly answers?: readonly SecretRef[];
};

export interface SftpOptions extends Common {
  readonly kind: 'sftp';
  readonly host: string;
  /** Default 22. */
  readonly port?: number;
  readonly user: string;
  readonly auth: SftpAuth;
  /** `SHA256:...` as `ssh-keygen -l` prints them; several for rotation. */
  readonly hostKeys?: readonly string[];
  /** A known_hosts file, hashed names included. */
  readonly knownHosts?: string;
  /** Default 20 s, 30 s and 2 h. */
  readonly deadlines?: { readonly connect?: Duration; readonly stall?: Duration; readonly total?: Duration };
  /** Fresh sessions tried for one act (default 4). */
  readonly attempts?: number;
}

export type SourceOptions = LocalOptions | SftpOptions;

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of a duration. Throws CONFIG_INVALID on anything else. */
export function milliseconds(duration: Duration): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(duration);
  if (match === null)
    throw new PointferryError('CONFIG_INVALID', `"${duration}" is not a duration such as 60s, 5m or 2h`);
  return Number(match[1]) * units[match[2] as keyof typeof units];
}

const GB = 1_000_000_000;

/** The rules as they hold when a pipeline says nothing. */
export const defaults = {
  looks: 3,
  ignore: ['.part', '.filepart', '.tmp'] as readonly string[],
  maxListed: 20_000,
  maxBytes: 20 * GB,
  attempts: 4,
  connect: '20s',
  stall: '30s',
  total: '2h',
  limits: { outputBytes: 20 * GB, ratio: 200, entries: 1_000, time: '30m' } satisfies UnpackLimits,
} as const;
