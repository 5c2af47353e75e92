/** Where a pipeline's files come from, as a pipeline says it: plain data; `src/read` keeps the promise. */
import { type Duration, isDuration } from '../ground/duration.ts';
import {
  choose,
  exactly,
  has,
  type Infer,
  type InferKeys,
  isRecord,
  isText,
  list,
  needed,
  object,
  oneOf,
  positive,
  text,
  texts,
  that,
} from '../ground/shape.ts';

export type { Duration };

export const duration = that<Duration>(
  "a duration such as '60s' or '30d', of at most 100 years",
  (value) => isText(value) && isDuration(value),
);

/** The name of an environment variable; never its value. Written `env('NAME')`. */
const envRef = object({ env: needed(text) });
export type EnvRef = Infer<typeof envRef>;

/** Refers to an environment variable (or to the file that `NAME_FILE` names). Only the name is ever stored. */
export function env(name: string): EnvRef {
  return { env: name };
}

const ready = object({
  /** Size and time unchanged over this long. @example ready: { stableFor: '60s' } */
  stableFor: duration,
  /**
   * Looks that see it unchanged, the first and the last included; default 3, at least 2.
   * @example ready: { stableFor: '60s', looks: 4 }
   */
  looks: positive,
  /** Last written at least this long ago. @example ready: { minAge: '2m' } */
  minAge: duration,
  /**
   * A file beside it that must be there; `{stem}` is the name without its last ending. One without a placeholder must
   * name the file. Hashes in it are verified.
   * @example ready: { companion: '{stem}.sha256' }
   */
  companion: text,
  /** What the companion must say. @example ready: { companion: 'manifest.txt', holds: ['size', 'sha256'] } */
  holds: list(oneOf('size', 'sha256', 'md5'), 1),
  /**
   * Endings of names still being written; default `.part`, `.filepart`, `.tmp`.
   * @example ready: { ignore: ['.uploading'] }
   */
  ignore: texts,
});
/** When a file counts as finished. All rules stated must hold; none stated: a file is taken as it is found. */
export type ReadyRules = Infer<typeof ready>;

/** `move` names a folder, relative to the file's own. */
export type After = 'leave' | 'delete' | { readonly move: string } | { readonly rename: string };
const after = choose<After>(
  "'leave', 'delete', { move } or { rename }",
  { when: isText, use: oneOf('leave', 'delete') },
  { when: has('move'), use: object({ move: needed(text) }) },
  { when: isRecord, use: object({ rename: needed(text) }) },
);

const pgp = object({
  /** Our private key, armored. */
  key: needed(envRef),
  passphrase: envRef,
  /** Public keys of those who may sign, armored. */
  signers: needed(that<EnvRef | { readonly file: string }>('a file or env', isRecord)),
  /** Of the primary keys that are accepted; several for rotation. */
  fingerprints: needed(list(text, 1)),
});
export type PgpRules = Infer<typeof pgp>;

const limits = object({
  /** Bytes that one file may unpack to; default 20 GB. */
  outputBytes: positive,
  /** Unpacked over packed, looked at from 16 MB of output on; default 200. */
  ratio: positive,
  /** Entries of one archive; default 1,000. */
  entries: positive,
  /** Time for one file; default `30m`. */
  time: duration,
});
export type UnpackLimits = Required<Infer<typeof limits>>;

const unpack = object({
  /** Which entries of an archive are files of this pipeline; default all. @example unpack: { entries: '*.csv' } */
  entries: text,
  /**
   * Decrypts, and requires a signer: `key`, `passphrase`, `signers`, `fingerprints`. Nothing that is not encrypted
   * and signed is taken.
   * @example unpack: { pgp: { key: env('OUR_KEY'), signers: { file: 'keys/partner.asc' }, fingerprints: ['…'] } }
   */
  pgp,
  /**
   * `outputBytes` (default 20 GB), `ratio` (200), `entries` (1,000), `time` (30 minutes).
   * @example unpack: { limits: { ratio: 50, time: '10m' } }
   */
  limits,
});
export type UnpackRules = Infer<typeof unpack>;

const common = {
  /**
   * Folder and name, with `*`, `?`, `[…]`, `{a,b}`, `**`; relative to the folder above `pipelines/`.
   * @example path: 'inbox/*.csv'
   */
  path: needed(text),
  /** When a file is finished; all that is stated must hold. @example ready: { stableFor: '60s' } */
  ready,
  /**
   * What becomes of it once its content is safe in the database: `'leave'` (default), `'delete'`, `{ move }`, `{
   * rename }`.
   * @example after: { rename: '{name}.done' }
   */
  after,
  /**
   * Which come first when `take` leaves some for a later run: `'oldest'` (default), `'newest'`.
   * @example order: 'newest'
   */
  order: oneOf('oldest', 'newest'),
  /** Files of one run at most; default all. @example take: 1 */
  take: positive,
  /** More names than this are an error; default 20,000. @example maxListed: 1000 */
  maxListed: positive,
  /** Larger files are refused, in bytes as received; default 20 GB. @example maxBytes: 500_000_000 */
  maxBytes: positive,
  /**
   * A folder of the source that gets `errors.csv` after a run with errors, as `<pipeline>_<run>_errors.csv`.
   * @example putBack: 'reports'
   */
  putBack: text,
  /** Archives and encryption; gzip, zip and zstd need nothing stated. @example unpack: { entries: '*.csv' } */
  unpack,
};

/** What every kind of source has. */
export type CommonSource = InferKeys<typeof common>;

const localSource = object({ kind: needed(exactly('local')), ...common });
export type LocalSource = Infer<typeof localSource>;

const auth = object({
  password: envRef,
  key: envRef,
  passphrase: envRef,
  /** Path of an agent's socket, or `true` for the one of the environment. */
  agent: that<string | true>('a path or true', (value) => isText(value) || value === true),
  /** Answers to keyboard-interactive prompts, in order; default the password. */
  answers: list(envRef),
});

const server = {
  /** The server. @example host: 'files.example.com' */
  host: needed(text),
  /** Default 22. @example port: 2222 */
  port: positive,
  /** Who logs in. @example user: 'loyalty' */
  user: needed(text),
  /**
   * `password`, `key` with `passphrase`, `agent`, `answers` to prompts; all by `env('NAME')`.
   * @example auth: { password: env('POS_SFTP_PASSWORD') }
   */
  auth: needed(auth),
  /**
   * Who the server is: `SHA256:…`, lines of `ssh-keygen -l` or public keys; several for rotation. Never trusted on
   * first use.
   * @example hostKeys: ['SHA256:…']
   */
  hostKeys: list(text, 1),
  /** The same as a file, hashed names included. @example knownHosts: 'keys/known_hosts' */
  knownHosts: text,
  /**
   * `connect`, `stall`, `total`; default 20 s, 30 s, 2 h.
   * @example deadlines: { connect: '10s', stall: '30s', total: '1h' }
   */
  deadlines: object({ connect: duration, stall: duration, total: duration }),
  /** Fresh sessions tried for one act; default 4. @example attempts: 2 */
  attempts: positive,
};

const sftpSource = object({ kind: needed(exactly('sftp')), ...server, ...common });
export type SftpSource = Infer<typeof sftpSource>;

const isOf =
  (kind: string) =>
  (value: unknown): boolean =>
    isRecord(value) && value.kind === kind;
export const sources = choose<LocalSource | SftpSource>(
  'local(…) or sftp(…)',
  { when: isOf('local'), use: localSource },
  { when: isOf('sftp'), use: sftpSource },
);
export type Source = Infer<typeof sources>;

/** Files of a folder on this machine: `local('in/*.csv')` or `local({ path, ready, after })`. */
export function local(source: string | Omit<LocalSource, 'kind'>): LocalSource {
  return typeof source === 'string' ? { kind: 'local', path: source } : { kind: 'local', ...source };
}

/** Files of an SFTP server: `sftp({ host, user, auth, hostKeys, path, ready })`. */
export function sftp(source: Omit<SftpSource, 'kind'>): SftpSource {
  return { kind: 'sftp', ...source };
}
