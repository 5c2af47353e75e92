/**
 * The private folder: `<workdir>/tmp/<owner>`, 0700, where what was received and unpacked stands until the
 * caller has it in the database. Named after the process, so that a later start can tell the dead ones' apart.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chmod, lstat, mkdir, mkdtemp, readdir, rm, rmdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { PointferryError } from '../errors.ts';

export interface PrivateFolder {
  readonly path: string;
  /** A path for a new file, with a name of our own making. */
  fresh(): string;
  remove(path: string): Promise<void>;
  /** Takes the folder away if nothing is left in it. */
  tidy(): Promise<void>;
}

/** A new folder of this process. Also takes away what dead processes of this machine left behind. */
export async function privateFolder(workdir: string): Promise<PrivateFolder> {
  await sweep(workdir);
  const owner = join(workdir, 'tmp', ownName());
  await mkdir(join(workdir, 'tmp'), { recursive: true, mode: 0o700 });
  for (const folder of [join(workdir, 'tmp'), owner]) await makePrivate(folder);
  const path = await mkdtemp(join(owner, 'read-'));
  return {
    path,
    fresh: () => join(path, randomBytes(12).toString('hex')),
    remove: (file) => rm(file, { force: true }),
    tidy: () => rmdir(path).catch(() => {}),
  };
}

async function makePrivate(folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  if (!(await lstat(folder)).isDirectory())
    throw new PointferryError('READ_FAILED', `${folder} is not a folder`);
  await chmod(folder, 0o700);
}

/**
 * Removes the private folders of processes that are dead for certain: of this machine, and either from before
 * its last start or with a process id that is free or was given to another process since. Gives their names.
 */
export async function sweep(workdir: string): Promise<string[]> {
  const folder = join(workdir, 'tmp');
  const names = await readdir(folder).catch(() => []);
  const dead = names.filter((name) => isDead(name));
  for (const name of dead) await rm(join(folder, name), { recursive: true, force: true });
  return dead;
}

/** host, boot, process, its start. */
function ownName(): string {
  return [hostPart(), bootPart(), String(process.pid), startOf(process.pid) ?? '0'].join('.');
}

function isDead(name: string): boolean {
  const [host, boot, pid, start, ...more] = name.split('.');
  if (host !== hostPart() || pid === undefined || start === undefined || more.length > 0) return false;
  if (!/^\d+$/.test(pid)) return false;
  if (boot !== bootPart()) return true;
  const now = startOf(Number(pid));
  if (now !== null) return now !== start;
  return start !== '0' || !answers(Number(pid));
}

const hostPart = (): string => hostname().replace(/[^a-zA-Z0-9-]/g, '_') || 'host';

function bootPart(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
  } catch {
    return '0';
  }
}

/** The start time of a process in ticks since boot; null where it is gone or the system does not tell. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold anything; the 22nd field is counted from behind it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function answers(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
