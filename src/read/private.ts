/**
 * The private folder: `<workdir>/tmp/<owner>`, 0700. It holds what was received and unpacked until the caller has it in the
 * database. It is named after its process, so that a later start can tell whether that process is dead.
 */
import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, mkdtemp, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PointferryError } from '../ground/errors.ts';
import { identityOf, isDead, type ProcessIdentity } from '../ground/process.ts';
import { fault } from './faults.ts';

export interface PrivateFolder {
  readonly path: string;
  /** A path for a new file, with a random name. */
  fresh(): string;
  /** Removes the folder too, when it is closed and empty. */
  remove(path: string): Promise<void>;
  /** No more files will be made. */
  close(): Promise<void>;
}

/** A new folder of this process. Also removes what dead processes of this machine left. */
export async function privateFolder(workdir: string): Promise<PrivateFolder> {
  const path = await make(workdir).catch((error: unknown) => {
    throw fault('READ_WORKDIR', `cannot make a private folder below ${workdir}`, error);
  });
  let closed = false;
  const tidy = (): Promise<void> => (closed ? rmdir(path).catch(() => {}) : Promise.resolve());
  return {
    path,
    fresh: () => join(path, randomBytes(12).toString('hex')),
    remove: async (file) => {
      await rm(file, { force: true });
      await tidy();
    },
    close: () => {
      closed = true;
      return tidy();
    },
  };
}

async function make(workdir: string): Promise<string> {
  await sweep(workdir);
  const owner = join(workdir, 'tmp', nameOf(await identityOf(process.pid)));
  await mkdir(join(workdir, 'tmp'), { recursive: true, mode: 0o700 });
  for (const folder of [join(workdir, 'tmp'), owner]) await makePrivate(folder);
  return mkdtemp(join(owner, 'read-'));
}

async function makePrivate(folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  if (!(await lstat(folder)).isDirectory())
    throw new PointferryError('READ_WORKDIR', `${folder} is not a folder`);
  await chmod(folder, 0o700);
}

/** How long a folder is kept whose process cannot be judged. */
const foreignMs = 3 * 86_400_000;

/**
 * Removes the private folders of processes that are dead for certain. If a process cannot be judged (another machine, an
 * earlier boot of this one, another container), its folder is removed after three days without a change. Returns their names.
 */
export async function sweep(workdir: string): Promise<string[]> {
  const folder = join(workdir, 'tmp');
  const dead: string[] = [];
  for (const name of await readdir(folder).catch(() => []))
    if (await isAbandoned(join(folder, name), ownerOf(name))) dead.push(name);
  for (const name of dead) await rm(join(folder, name), { recursive: true, force: true });
  return dead;
}

async function isAbandoned(path: string, owner: ProcessIdentity | null): Promise<boolean> {
  if (owner === null) return false;
  const dead = await isDead(owner);
  if (dead !== null) return dead;
  const touched = (await lstat(path).catch(() => null))?.mtimeMs ?? Date.now();
  return Date.now() - touched > foreignMs;
}

/** Host, boot, namespace, pid, start; each encoded, so that none can hold the separator. */
function nameOf({ host, bootId, namespace, pid, start }: ProcessIdentity): string {
  return [host, bootId, namespace, String(pid), start].map(encodeURIComponent).join('+');
}

function ownerOf(name: string): ProcessIdentity | null {
  const [host, bootId, namespace, pid, start, ...more] = name.split('+').map(decode);
  if (host === undefined || bootId === undefined || namespace === undefined || more.length > 0) return null;
  if (pid === undefined || !/^\d+$/.test(pid) || start === undefined) return null;
  return { host, bootId, namespace, pid: Number(pid), start };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
