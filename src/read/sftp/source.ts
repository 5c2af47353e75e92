/** A folder of an SFTP server as a source. */
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Attributes, FileEntryWithStats, Stats } from 'ssh2';
import { PointferryError } from '../../ground/errors.ts';
import type { After, SftpSource } from '../../pipeline/source.ts';
import { archiveFolder, archiveName } from '../after.ts';
import { defaults, type Secrets } from '../defaults.ts';
import { pauseBefore, worthAnotherTry } from '../fetch.ts';
import { type Candidate, type Finished, folderOf, type Look, type Source, within } from '../source.ts';
import { type Entry, walk } from '../walk.ts';
import { download, lookOf } from './download.ts';
import { connect, type Session } from './session.ts';
import { writePart } from './upload.ts';

/** One listing may hold so many bytes of names; a server that goes on for ever is left. */
const maxListingBytes = 64 * 1024 * 1024;
const noSuchFile = 2;
const endOfList = 1;

/** Connects when first needed, and again after `reset` or `close`. */
export function sftpSource(options: SftpSource, secrets: Secrets, signal?: AbortSignal): Source {
  const after: After = options.after ?? 'leave';
  let current: Promise<Session> | null = null;
  let closed = false;
  const session = async (): Promise<Session> => {
    if (current !== null && !(await current).isOpen()) current = null;
    current ??= connect(options, secrets, signal);
    return current.catch((error: unknown) => {
      current = null;
      throw error;
    });
  };
  const drop = async (): Promise<void> => {
    const old = current;
    current = null;
    (await old?.catch(() => null))?.close();
  };
  /** An act that can be done again from its beginning, on a fresh connection where the last one failed. */
  const doing = async <T>(what: string, act: (session: Session) => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await act(await session());
      } catch (error) {
        const again = error instanceof PointferryError && worthAnotherTry.has(error.code);
        if (!again) throw asFault(error, what);
        await drop();
        if (attempt >= (options.attempts ?? defaults.attempts)) throw error;
        await sleep(pauseBefore(attempt), undefined, { signal });
      } finally {
        if (closed) await drop();
      }
    }
  };
  const once = async <T>(what: string, act: (session: Session) => Promise<T>): Promise<T> => {
    // looked at first, so that a connection that died in the meantime costs nothing
    await doing('look at the server', (session) => exists(session, '.'));
    return act(await session()).catch((error: unknown) => {
      throw asFault(error, what);
    });
  };
  return {
    kind: 'sftp',
    display: (path) => `sftp://${options.host}${path.startsWith('/') ? '' : '/'}${path}`,
    list: () => doing(`list ${options.path}`, (session) => list(session, options, after)),
    look: (path) => doing('look at a file', (session) => look(session, path)),
    async *open(candidate, from) {
      try {
        yield* download(await session(), candidate, from);
      } catch (error) {
        throw asFault(error, `read ${candidate.name}`);
      }
    },
    small: (path, limit) => doing('read a companion', (session) => small(session, path, limit)),
    finish: (candidate, sha256, companion) =>
      doing(`${JSON.stringify(after)} ${candidate.name}`, (session) =>
        finish(session, after, candidate, sha256, companion),
      ),
    putBack: async (folder, name, content: Readable) => {
      const target = within(folder, name);
      // A stream can be read once: the write is not repeated, the rename is.
      const part = await once(`write ${name}`, async (session) => {
        await makeFolder(session, folder);
        return writePart(session, target, content);
      });
      await doing(`rename ${name}`, (session) => replace(session, part, target));
      return target;
    },
    reset: drop,
    close: async () => {
      closed = true;
      await drop();
    },
  };
}

/** What the server says of one of our requests; READ_FAILED unless it is one of ours already. */
function asFault(error: unknown, what: string): unknown {
  if (error instanceof PointferryError || !(error instanceof Error)) return error;
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return error;
  // ssh2's text for requests that a lost connection left behind
  if (error.message === 'No response from server')
    return new PointferryError('READ_CONNECT', 'the connection ended', { cause: error });
  return new PointferryError('READ_FAILED', `cannot ${what}: ${error.message.slice(0, 200)}`, {
    cause: error,
  });
}

function list(session: Session, options: SftpSource, after: After): ReturnType<typeof walk> {
  return walk(options.path, (folder) => entries(session, folder), {
    maxListed: options.maxListed ?? defaults.maxListed,
    ignore: options.ready?.ignore ?? defaults.ignore,
    skip: (folder) => archiveFolder(after, folderOf(folder)) === folder,
  });
}

async function* entries(session: Session, folder: string): AsyncGenerator<Entry> {
  const { sftp } = session;
  const handle = await session.ask<Buffer>((done) => sftp.opendir(folder, done)).catch(absent);
  if (handle === null) return;
  let bytes = 0;
  try {
    for (;;) {
      const batch = await session
        .ask<FileEntryWithStats[]>((done) => sftp.readdir(handle, done))
        .catch(atEnd);
      if (batch === null) return;
      for (const entry of batch) {
        bytes += entry.filename.length + entry.longname.length;
        if (bytes > maxListingBytes)
          throw new PointferryError('READ_LISTING_TOO_LONG', `the listing of ${folder} is over 64 MB`);
        yield {
          name: entry.filename,
          kind: kindOf(entry),
          look: () => look(session, within(folder, entry.filename)),
        };
      }
    }
  } finally {
    if (session.isOpen())
      await session.ask((done) => sftp.close(handle, (error) => done(error, null))).catch(() => {});
  }
}

/** By the mode; servers that send none still write it into the long name. */
function kindOf({ attrs, longname }: FileEntryWithStats): Entry['kind'] {
  const type = (attrs.mode ?? 0) & 0o170000;
  if (type === 0o100000 || (type === 0 && /^[^dlpscb]/.test(longname))) return 'file';
  if (type === 0o040000 || (type === 0 && longname.startsWith('d'))) return 'folder';
  return type === 0o120000 || (type === 0 && longname.startsWith('l')) ? 'link' : 'other';
}

async function look(session: Session, path: string): Promise<Look | null> {
  const stats = await session.ask<Stats>((done) => session.sftp.lstat(path, done)).catch(absent);
  if (stats === null) return null;
  const type = (stats.mode ?? 0) & 0o170000;
  return type === 0o100000 || type === 0 ? lookOf(stats) : null;
}

async function small(session: Session, path: string, limit: number): Promise<Buffer | null> {
  const now = await look(session, path);
  if (now === null) return null;
  const chunks: Buffer[] = [];
  const candidate: Candidate = { name: path, path, ...now, size: Math.min(now.size, limit) };
  if (candidate.size === now.size)
    for await (const chunk of download(session, candidate, 0)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** As for a local folder: the data goes before its companion, and only if it is still what was read. */
async function finish(
  session: Session,
  after: After,
  candidate: Candidate,
  sha256: string,
  companion: string | null,
): Promise<Finished> {
  if (after === 'leave') return 'done';
  const now = await look(session, candidate.path);
  if (now === null) return 'gone';
  if (now.size !== candidate.size || now.mtime.getTime() !== candidate.mtime.getTime()) return 'changed';
  for (const path of companion === null ? [candidate.path] : [candidate.path, companion]) {
    if (after === 'delete')
      await session.ask((done) => session.sftp.unlink(path, (error) => done(error, null))).catch(absent);
    else if ((await look(session, path)) !== null) await archive(session, after, path, sha256);
  }
  return 'done';
}

async function archive(session: Session, after: After, path: string, sha256: string): Promise<void> {
  const folder = archiveFolder(after, folderOf(path));
  if (folder !== folderOf(path)) await makeFolder(session, folder);
  const name = archiveName(after, path.slice(path.lastIndexOf('/') + 1));
  const target = within(folder, name);
  const taken = await exists(session, target);
  await replace(session, path, taken ? `${target}.${sha256.slice(0, 8)}` : target);
}

/** Over what stands there, in one step where the server can (posix-rename), else in two. */
async function replace(session: Session, from: string, to: string): Promise<void> {
  const { sftp } = session;
  try {
    await session.ask((done) => sftp.ext_openssh_rename(from, to, (error) => done(error, null)));
  } catch (error) {
    if (!(error instanceof Error) || !/does not support|unsupported/i.test(error.message)) throw error;
    if (await exists(session, to))
      await session.ask((done) => sftp.unlink(to, (failed) => done(failed, null))).catch(absent);
    await session.ask((done) => sftp.rename(from, to, (failed) => done(failed, null)));
  }
}

async function exists(session: Session, path: string): Promise<boolean> {
  return (await session.ask<Attributes>((done) => session.sftp.lstat(path, done)).catch(absent)) !== null;
}

async function makeFolder(session: Session, folder: string): Promise<void> {
  if (folder === '.' || folder === '/' || (await exists(session, folder))) return;
  await makeFolder(session, folderOf(folder));
  await session.ask((done) => session.sftp.mkdir(folder, (error) => done(error, null)));
}

function absent(error: Error & { code?: unknown }): null {
  if (error.code === noSuchFile) return null;
  throw error;
}

function atEnd(error: Error & { code?: unknown }): null {
  if (error.code === endOfList) return null;
  throw error;
}
