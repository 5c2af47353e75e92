import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { isPostmasterOf } from './processes.ts';

/** What stands in `postmaster.pid` and whether it is true. PostgreSQL: src/include/utils/pidfile.h. */
export type ServerState =
  | { readonly kind: 'stopped' }
  /** A lock file without its server: `pid` is dead, or is somebody else by now. */
  | { readonly kind: 'stale'; readonly pid: number }
  | {
      readonly kind: 'starting' | 'ready' | 'stopping';
      readonly pid: number;
      readonly port: number;
      readonly startedAt: Date;
    };

/** Looks at the lock file of a data folder; never connects. */
export function serverState(dataFolder: string): ServerState {
  const lines = readLockFile(dataFolder);
  const pid = Number(lines[0]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return { kind: 'stopped' };
  if (!isPostmasterOf(pid, dataFolder)) return { kind: 'stale', pid };
  const status = lines[7]?.trim() ?? 'starting';
  const kind = status === 'ready' ? 'ready' : status === 'stopping' ? 'stopping' : 'starting';
  return { kind, pid, port: Number(lines[3]), startedAt: new Date(Number(lines[2]) * 1000) };
}

function readLockFile(dataFolder: string): string[] {
  try {
    return readFileSync(path.join(dataFolder, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}

/**
 * A free port on loopback, below the range from which outgoing connections take theirs (32768 on Linux): a client's
 * own port can then never sit on the server's when it restarts. `first` is tried first.
 */
export async function freePort(first?: number): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = attempt === 0 && first !== undefined ? first : 15_000 + Math.floor(Math.random() * 17_000);
    if (await isFree(port)) return port;
  }
  throw new Error('no free port on loopback in 100 tries');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1' }, () => server.close(() => resolve(true)));
  });
}
