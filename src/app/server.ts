/** The database in use, and the embedded PostgreSQL of the work folder. */
import { join } from 'node:path';
import { databaseUrl } from '../db/database.ts';
import {
  type Embedded,
  type EmbeddedStatus,
  embeddedStatus,
  startEmbedded,
  stopEmbedded,
} from '../db/embedded/embedded.ts';
import { labelOf } from '../db/pool.ts';
import type { App } from './app.ts';

const folderOf = ({ workdir }: App): string => join(workdir, 'postgres');

/** Starts the embedded server, or finds it running; it stops by itself when nobody uses it. */
export async function startServer(app: App): Promise<Pick<Embedded, 'port' | 'pid' | 'started'>> {
  const { port, pid, started, release } = await startEmbedded({ dir: folderOf(app), env: { ...app.env } });
  release();
  return { port, pid, started };
}

/** False: it was not running. */
export const stopServer = (app: App): Promise<boolean> => stopEmbedded(folderOf(app));

export const serverStatus = (app: App): EmbeddedStatus & { readonly folder: string } => ({
  ...embeddedStatus(folderOf(app)),
  folder: folderOf(app),
});

/** The database that a command would use, without starting one. */
export type DatabaseInUse =
  | { readonly named: string }
  | { readonly embedded: Pick<EmbeddedStatus, 'state' | 'port'> };

export function databaseInUse(app: App): DatabaseInUse {
  const url = databaseUrl({ ...app.env });
  return url === undefined ? { embedded: embeddedStatus(folderOf(app)) } : { named: labelOf(url) };
}

/** Gives `fn` the URL of the database, with its password: for a program that opens it by itself. */
export async function withDatabaseUrl<T>(app: App, fn: (url: string) => Promise<T>): Promise<T> {
  const named = databaseUrl({ ...app.env });
  if (named !== undefined) return fn(named);
  const server = await startEmbedded({ dir: folderOf(app), env: { ...app.env } });
  try {
    return await fn(server.url);
  } finally {
    server.release();
  }
}
