/**
 * An SFTP server that does as its script says: it stalls, ends early, lies about sizes, lists traps, cuts the
 * connection, shows another key. Files live in memory.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import ssh2, { type AuthContext, type Connection, type SFTPWrapper } from 'ssh2';

const { OPEN_MODE, STATUS_CODE } = ssh2.utils.sftp;

export interface RemoteFile {
  content: Buffer;
  /** Seconds since 1970 (default: a fixed day). */
  mtime?: number;
  /** What the server says instead of the truth. */
  size?: number;
  /** File type and rights (default a regular file). */
  mode?: number;
}

export type ReadAnswer =
  | 'data'
  /** Never answers. */
  | 'stall'
  /** Says that the file ends here. */
  | 'end'
  /** Ends the connection. */
  | 'cut'
  /** Answers with at most so many bytes. */
  | number;

export interface Script {
  /** By absolute path. */
  files: Record<string, RemoteFile>;
  /** More names for a listing of `/in`, as they are. */
  traps?: { name: string; mode?: number }[];
  onRead?: (path: string, offset: number, connection: number) => ReadAnswer;
  /** Called before a listing is answered. */
  onList?: () => void;
  /** Accepts a login (default: everyone); null where it has answered by itself. */
  login?: (context: AuthContext) => boolean | null;
  hostKey?: string;
}

export interface SftpServer {
  readonly port: number;
  readonly fingerprint: string;
  /** Connections made so far. */
  readonly connections: () => number;
  /** Bytes sent of file content, so that a resumed download can be told from a repeated one. */
  readonly sentBytes: () => number;
  close(): Promise<void>;
}

const noon = Date.UTC(2026, 4, 11, 12) / 1000;
const regular = 0o100644;

/** ssh2 cannot read one in 230 of the Ed25519 keys that it makes (13 of 3,000): such a one is thrown away. */
export function newHostKey(): string {
  for (let tries = 0; tries < 10; tries++) {
    const key = ssh2.utils.generateKeyPairSync('ed25519').private;
    if (!(ssh2.utils.parseKey(key) instanceof Error)) return key;
  }
  throw new Error('ssh2 reads none of the keys that it makes');
}

export async function startSftpServer(script: Script, port = 0): Promise<SftpServer> {
  const hostKey = script.hostKey ?? newHostKey();
  const open = new Set<Connection>();
  const counts = { connections: 0, sent: 0 };
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (connection) => {
    counts.connections += 1;
    const number = counts.connections;
    open.add(connection);
    connection.on('error', () => {});
    (connection as Connection & { setNoDelay(on: boolean): void }).setNoDelay(true);
    connection.on('close', () => open.delete(connection));
    connection.on('authentication', (context) => {
      const verdict = script.login?.(context) ?? (script.login === undefined ? true : null);
      if (verdict === true) context.accept();
      else if (verdict === false) context.reject(['keyboard-interactive', 'password', 'publickey']);
    });
    connection.on('session', (acceptSession) => {
      acceptSession().on('sftp', (acceptSftp) =>
        serve(acceptSftp(), script, {
          number,
          end: () => connection.end(),
          sent: (bytes) => {
            counts.sent += bytes;
          },
        }),
      );
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const parsed = ssh2.utils.parseKey(hostKey);
  if (parsed instanceof Error) throw parsed;
  return {
    port: (server.address() as AddressInfo).port,
    fingerprint: `SHA256:${createHash('sha256').update(parsed.getPublicSSH()).digest('base64').replace(/=+$/, '')}`,
    connections: () => counts.connections,
    sentBytes: () => counts.sent,
    close: async () => {
      for (const connection of open) connection.end();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Peer {
  readonly number: number;
  end(): void;
  sent(bytes: number): void;
}

interface Handle {
  readonly path: string;
  /** Not listed yet. */
  readonly names: ssh2.FileEntry[];
}

function serve(sftp: SFTPWrapper, script: Script, peer: Peer): void {
  const handles = new Map<number, Handle>();
  let nextHandle = 0;
  const opened = (request: number, path: string): void => {
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(nextHandle);
    handles.set(nextHandle++, { path, names: namesIn(script, path) });
    sftp.handle(request, handle);
  };
  const at = (handle: Buffer): Handle => handles.get(handle.readUInt32BE()) ?? { path: '', names: [] };
  const attributes = (request: number, path: string): void => {
    const file = script.files[path];
    if (file !== undefined) sftp.attrs(request, attrsOf(file));
    else if (isFolder(script, path))
      sftp.attrs(request, { ...attrsOf({ content: Buffer.alloc(0) }), mode: 0o040755 });
    else sftp.status(request, STATUS_CODE.NO_SUCH_FILE);
  };

  sftp.on('OPENDIR', (request, path) => {
    if (!isFolder(script, path)) return void sftp.status(request, STATUS_CODE.NO_SUCH_FILE);
    script.onList?.();
    opened(request, path);
  });
  sftp.on('READDIR', (request, handle) => {
    const names = at(handle).names.splice(0, 500);
    if (names.length === 0) sftp.status(request, STATUS_CODE.EOF);
    else sftp.name(request, names);
  });
  sftp.on('LSTAT', attributes);
  sftp.on('STAT', attributes);
  sftp.on('FSTAT', (request, handle) => attributes(request, at(handle).path));
  sftp.on('OPEN', (request, path, flags) => {
    if ((flags & OPEN_MODE.WRITE) !== 0) script.files[path] = { content: Buffer.alloc(0) };
    if (script.files[path] === undefined) sftp.status(request, STATUS_CODE.NO_SUCH_FILE);
    else opened(request, path);
  });
  sftp.on('READ', (request, handle, offset, length) => {
    const { path } = at(handle);
    const answer = script.onRead?.(path, offset, peer.number) ?? 'data';
    if (answer === 'stall') return;
    if (answer === 'cut') return peer.end();
    const most = typeof answer === 'number' ? Math.min(answer, length) : length;
    const data = script.files[path]?.content.subarray(offset, offset + most) ?? Buffer.alloc(0);
    if (answer === 'end' || data.length === 0) return void sftp.status(request, STATUS_CODE.EOF);
    peer.sent(data.length);
    sftp.data(request, data);
  });
  sftp.on('WRITE', (request, handle, offset, data) => {
    const file = script.files[at(handle).path];
    if (file !== undefined) {
      const whole = Buffer.alloc(Math.max(file.content.length, offset + data.length));
      file.content.copy(whole);
      data.copy(whole, offset);
      file.content = whole;
    }
    sftp.status(request, STATUS_CODE.OK);
  });
  sftp.on('RENAME', (request, from, to) => {
    const file = script.files[from];
    if (file === undefined) return void sftp.status(request, STATUS_CODE.NO_SUCH_FILE);
    if (script.files[to] !== undefined) return void sftp.status(request, STATUS_CODE.FAILURE);
    delete script.files[from];
    script.files[to] = file;
    sftp.status(request, STATUS_CODE.OK);
  });
  sftp.on('REMOVE', (request, path) => {
    delete script.files[path];
    sftp.status(request, STATUS_CODE.OK);
  });
  sftp.on('MKDIR', (request) => sftp.status(request, STATUS_CODE.OK));
  sftp.on('CLOSE', (request) => sftp.status(request, STATUS_CODE.OK));
}

function isFolder(script: Script, path: string): boolean {
  return (
    path === '.' || path === '/' || Object.keys(script.files).some((name) => name.startsWith(`${path}/`))
  );
}

function attrsOf(file: RemoteFile): ssh2.Attributes {
  const time = file.mtime ?? noon;
  return {
    mode: file.mode ?? regular,
    uid: 0,
    gid: 0,
    size: file.size ?? file.content.length,
    atime: time,
    mtime: time,
  };
}

function namesIn(script: Script, folder: string): ssh2.FileEntry[] {
  const own = Object.entries(script.files)
    .filter(([path]) => path.startsWith(`${folder}/`) && !path.slice(folder.length + 1).includes('/'))
    .map(([path, file]) => ({ filename: path.slice(folder.length + 1), longname: '', attrs: attrsOf(file) }));
  const traps = (script.traps ?? []).map(({ name, mode }) => ({
    filename: name,
    longname: '',
    attrs: attrsOf({ content: Buffer.alloc(3), mode: mode ?? regular }),
  }));
  return [...own, ...(folder === '/in' ? traps : [])];
}
