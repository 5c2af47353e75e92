/** A folder of an SFTP server as a source. */
import type { Attributes, FileEntryWithStats, Stats } from 'ssh2';
import { PointferryError } from '../../ground/errors.ts';
import type { SftpSource } from '../../pipeline/source.ts';
import { type FileActs, finishFile } from '../finish.ts';
import { type Candidate, folderOf, type Look, type Secrets, type Source, within } from '../source.ts';
import { type Entry, listFiles } from '../walk.ts';
import { download, lookOf } from './download.ts';
import { connect, type Session } from './session.ts';
import { isAbsent, isAtEnd } from './status.ts';
import { writePart } from './upload.ts';

/** Bytes of names in one listing; more is refused, since a hostile server may never end one. */
const maxListingBytes = 64 * 1024 * 1024;

/** Connects when first needed, and again after `reset`. */
export function sftpSource(options: SftpSource, secrets: Secrets, signal?: AbortSignal): Source {
  const connection = connectionOf(() => connect(options, secrets, signal));
  const doing = async <T>(what: string, act: (session: Session) => Promise<T>): Promise<T> => {
    try {
      return await connection.use(act);
    } catch (error) {
      throw asFault(error, what);
    }
  };
  const after = options.after ?? 'leave';
  return {
    display: (path) => `sftp://${options.host}${path.startsWith('/') ? '' : '/'}${path}`,
    list: () =>
      doing(`list ${options.path}`, (session) => listFiles(options, (folder) => entries(session, folder))),
    look: (path) => doing('look at a file', (session) => look(session, path)),
    async *open(candidate, from) {
      try {
        yield* download(await connection.session(), candidate, from);
      } catch (error) {
        throw asFault(error, `read ${candidate.name}`);
      }
    },
    small: (path, limit) => doing('read a companion', (session) => small(session, path, limit)),
    finish: (candidate, sha256, companion) =>
      doing(`${JSON.stringify(after)} ${candidate.name}`, (session) =>
        finishFile(actsOf(session), after, { candidate, sha256, companion }),
      ),
    putBack: (folder, name, content) =>
      doing(`write ${name}`, async (session) => {
        const target = within(folder, name);
        await makeFolder(session, folder);
        await replace(session, await writePart(session, target, content()), target);
        return target;
      }),
    reset: connection.drop,
    close: connection.close,
  };
}

interface Connection {
  /** The open session, or a new one. */
  session(): Promise<Session>;
  use<T>(act: (session: Session) => Promise<T>): Promise<T>;
  drop(): Promise<void>;
  close(): Promise<void>;
}

function connectionOf(open: () => Promise<Session>): Connection {
  let current: Promise<Session> | null = null;
  let isClosed = false;
  const session = async (): Promise<Session> => {
    if (current !== null && !(await current).isOpen()) current = null;
    current ??= open();
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
  return {
    session,
    drop,
    async use(act) {
      try {
        return await act(await session());
      } finally {
        // closed while it connected
        if (isClosed) await drop();
      }
    },
    async close() {
      isClosed = true;
      await drop();
    },
  };
}

/** The server's own error as READ_FAILED; a PointferryError and an abort stay as they are. */
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

/** By the mode; a server that sends none still shows it in the long name. */
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

const actsOf = (session: Session): FileActs => ({
  look: (path) => look(session, path),
  remove: async (path) => {
    await session.ask((done) => session.sftp.unlink(path, (error) => done(error, null))).catch(absent);
  },
  async moveIfFree(path, target) {
    if (folderOf(target) !== folderOf(path)) await makeFolder(session, folderOf(target));
    if (await exists(session, target)) return false;
    await replace(session, path, target);
    return true;
  },
  moveOver: (path, target) => replace(session, path, target),
});

/** Replaces what has that name: in one step where the server can (posix-rename), else in two. */
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

function absent(error: unknown): null {
  if (isAbsent(error)) return null;
  throw error;
}

function atEnd(error: unknown): null {
  if (isAtEnd(error)) return null;
  throw error;
}
