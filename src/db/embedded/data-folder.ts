import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { PointferryError } from '../../ground/errors.ts';
import { binariesFor, type OsUser } from './binaries.ts';

/** One embedded server: where it lives, and as whom it runs. */
export interface Server {
  readonly dir: string;
  readonly dataFolder: string;
  readonly user: OsUser | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly settings: Readonly<Record<string, string>>;
}

/** The role and the database of ours. No schema is named like the role, or names without a schema would resolve here and on no other server. */
export const role = 'ferry';
export const database = 'pointferry';

const passwordFile = 'pointferry.password';

/**
 * Makes a data folder beside the place where it belongs and renames it there, so that a half-made one is never seen.
 * scram on loopback with a random password that only this folder's owner can read: `trust` would let in every user
 * of the machine, and a unix socket's path may hold no more than 107 bytes, which work folders exceed. One iteration
 * of scram is enough, for a password of 192 random bits cannot be guessed.
 */
export function makeDataFolder(server: Server): void {
  for (const name of readdirSync(server.dir)) {
    const abandoned = path.join(server.dir, name);
    const made = statSync(abandoned, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (name.startsWith('data-') && Date.now() - made > 600_000)
      rmSync(abandoned, { recursive: true, force: true });
  }
  const made = mkdtempSync(path.join(server.dir, 'data-'));
  const data = path.join(made, 'data');
  try {
    mkdirSync(data, { mode: 0o700 });
    const secret = path.join(made, passwordFile);
    writeFileSync(secret, randomBytes(24).toString('base64url'), { mode: 0o600 });
    own(server.user, data, secret);
    initdb(server, data, secret);
    renameSync(secret, path.join(data, passwordFile));
    renameSync(data, server.dataFolder);
  } catch (error) {
    // somebody else was faster: theirs is as good
    if (!existsSync(path.join(server.dataFolder, passwordFile))) throw error;
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

function own(user: OsUser | undefined, ...files: string[]): void {
  for (const file of user ? files : []) chownSync(file, user?.uid ?? 0, user?.gid ?? 0);
}

/** initdb looks its user up and ends where there is no such user, as in a container started with a number for a user. */
function requireNamedUser(): void {
  try {
    userInfo();
  } catch {
    throw new PointferryError(
      'CONFIG_DATABASE',
      `no embedded PostgreSQL: user id ${process.getuid?.()} has no entry in /etc/passwd`,
      { hint: 'set DATABASE_URL, or run as a user that /etc/passwd lists' },
    );
  }
}

function initdb(server: Server, data: string, secret: string): void {
  requireNamedUser();
  const folder = binariesFor(server.user, server.env);
  const opened = openAsServer(server.user, data);
  const password = openSync(secret, constants.O_RDONLY);
  const result = spawnSync(
    path.join(folder, 'initdb'),
    [
      ...['-D', opened.path, '-U', role, '-A', 'scram-sha-256', '--pwfile=/dev/fd/4', '-E', 'UTF8', '-k'],
      ...['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--no-instructions'],
      ...['-c', 'scram_iterations=1'],
    ],
    { ...processOptions(server), stdio: ['ignore', 'ignore', 'pipe', opened.fd, password], encoding: 'utf8' },
  );
  closeSync(opened.fd);
  closeSync(password);
  if (result.status === 0) return;
  const said = result.error?.message ?? result.stderr.trim().split('\n').at(-1) ?? '';
  throw new PointferryError('CONFIG_DATABASE', `the embedded PostgreSQL could not be set up: ${said}`);
}

/**
 * A server that root starts runs as another user, who cannot walk down to a data folder under, say, /root. It does not
 * have to: it inherits the open folder as descriptor 3 and finds it at /proc/self/fd/3, whose way down is not checked
 * again. So data stays in the work folder wherever that is, and no mode of anybody's folder is touched.
 */
export function openAsServer(user: OsUser | undefined, data: string): { fd: number; path: string } {
  const fd = openSync(data, constants.O_RDONLY | constants.O_DIRECTORY);
  return { fd, path: user && process.platform === 'linux' ? '/proc/self/fd/3' : data };
}

export function processOptions(server: Server) {
  const user = server.user ? { uid: server.user.uid, gid: server.user.gid } : {};
  // a short environment: /proc shows it, and the caller's holds keys
  return { ...user, cwd: '/', env: { PATH: server.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' } };
}

/** With password. */
export function urlOf(dataFolder: string, port: number): string {
  const password = readFileSync(path.join(dataFolder, passwordFile), 'utf8').trim();
  return `postgres://${role}:${password}@127.0.0.1:${port}/${database}`;
}
