/** A folder of this machine as a source. */
import { constants, type Dirent } from 'node:fs';
import {
  copyFile,
  type FileHandle,
  link,
  lstat,
  mkdir,
  open,
  opendir,
  rename,
  rm,
  unlink,
} from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { PointferryError } from '../../ground/errors.ts';
import type { LocalSource } from '../../pipeline/source.ts';
import { fault, notFinished } from '../faults.ts';
import { type FileActs, finishFile } from '../finish.ts';
import { type Candidate, type Look, type Source, within } from '../source.ts';
import { type Entry, listFiles } from '../walk.ts';

const readSize = 256 * 1024;

/** Opens nothing yet. Relative paths start at `base` (default: the working directory). */
export function localSource(options: LocalSource, base = process.cwd()): Source {
  const at = (path: string): string => resolve(base, path);
  const acts: FileActs = {
    look: (path) => look(at(path)),
    remove: (path) => rm(at(path), { force: true }),
    async moveIfFree(path, target) {
      await mkdir(dirname(at(target)), { recursive: true });
      return renameFree(at(path), at(target));
    },
    moveOver: (path, target) => replace(at(path), at(target)),
  };
  return {
    display: (path) => path,
    list: () => listFiles(options, (folder) => entries(at(folder))),
    look: acts.look,
    open: (candidate, from) => read(at(candidate.path), candidate, from),
    small: (path, limit) => small(at(path), limit),
    finish: (candidate, sha256, companion) =>
      finishFile(acts, options.after ?? 'leave', { candidate, sha256, companion }),
    async putBack(folder, name, content) {
      const target = within(folder, name);
      await writeWhole(at(target), content());
      return target;
    },
    reset: async () => {},
    close: async () => {},
  };
}

/** The files of --file: taken as finished, links followed, left where they are. Throws READ_NO_INPUT. */
export async function namedFiles(paths: readonly string[]): Promise<Candidate[]> {
  return Promise.all(
    paths.map(async (path) => {
      const handle = await openPlain(path).catch((error: unknown) => {
        throw new PointferryError('READ_NO_INPUT', `cannot open ${path}: ${reason(error)}`, { cause: error });
      });
      const stat = await handle.stat().finally(() => handle.close());
      if (!stat.isFile()) throw new PointferryError('READ_NO_INPUT', `${path} is not a file`);
      return { name: basename(path), path, size: stat.size, mtime: stat.mtime };
    }),
  );
}

async function* entries(folder: string): AsyncGenerator<Entry> {
  const dir = await opendir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw fault('READ_FAILED', `cannot list ${folder}`, error);
  });
  if (dir === null) return;
  for await (const entry of dir)
    yield { name: entry.name, kind: kindOf(entry), look: () => look(resolve(folder, entry.name)) };
}

function kindOf(entry: Dirent): Entry['kind'] {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  return entry.isSymbolicLink() ? 'link' : 'other';
}

async function look(path: string): Promise<Look | null> {
  const stat = await lstat(path).catch(absent);
  return stat?.isFile() ? { size: stat.size, mtime: stat.mtime } : null;
}

/** O_NONBLOCK: without it, opening a pipe that nobody writes to would wait for ever. */
function openPlain(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | constants.O_NONBLOCK);
}

async function* read(path: string, candidate: Candidate, from: number): AsyncGenerator<Buffer> {
  const handle = await openPlain(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw notFinished(candidate, 'it is gone');
    throw fault('READ_FAILED', `cannot open ${candidate.path}`, error);
  });
  try {
    await compare(handle, candidate);
    let position = from;
    while (position < candidate.size) {
      const length = Math.min(readSize, candidate.size - position);
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(length), 0, length, position);
      if (bytesRead === 0) throw notFinished(candidate, 'it became shorter while it was read');
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
    await compare(handle, candidate);
  } finally {
    await handle.close();
  }
}

async function compare(handle: FileHandle, candidate: Candidate): Promise<void> {
  const stat = await handle.stat();
  if (!stat.isFile())
    throw new PointferryError('READ_NOT_REGULAR', `${candidate.name} is not a regular file`);
  if (stat.size !== candidate.size || stat.mtime.getTime() !== candidate.mtime.getTime())
    throw notFinished(candidate, 'it changed while it was read');
}

async function small(path: string, limit: number): Promise<Buffer | null> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    absent,
  );
  if (handle === null) return null;
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(limit), 0, limit, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Renames without replacing: makes a link under the new name first, then removes the old one. */
async function renameFree(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && !(await sameFile(from, to))) return false;
    // a crash interrupted an earlier move: both names are there already
    if (code === 'EEXIST') return unlink(from).then(() => true);
    if ((await look(to)) !== null) return false;
    await replace(from, to);
    return true;
  }
  await unlink(from);
  return true;
}

async function sameFile(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all([lstat(a), lstat(b)]);
  return left.ino === right.ino && left.dev === right.dev;
}

async function writeWhole(path: string, content: Readable): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.part`;
  try {
    const handle = await open(part, 'w', 0o600);
    await pipeline(content, handle.createWriteStream({ flush: true }));
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** Across disks a move is a copy, made under a temporary name first. */
async function replace(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV')
      throw fault('READ_AFTER', `cannot move ${from}`, error);
    await copyFile(from, `${to}.part`);
    await rename(`${to}.part`, to);
    await unlink(from);
  }
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'ELOOP') return null;
  throw fault('READ_FAILED', 'cannot look at a file', error);
}

const reason = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown';
