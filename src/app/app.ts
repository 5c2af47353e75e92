/** An `App` knows where things are and who asks, and opens the database. Every function of this room takes one. */
import { type Database, databaseFor } from '../db/database.ts';
import { migrate, requireSchema } from '../db/migrate.ts';
import type { Db } from '../db/pool.ts';
import type { Environment } from '../ground/environment.ts';
import type { Log } from '../ground/log.ts';

interface Settings {
  /** The folder of pipelines, absolute. */
  readonly pipelines: string;
  /** Where runs, temporary files and the embedded database go, absolute. */
  readonly workdir: string;
  readonly env: Environment;
  readonly log: Log;
  /** Who asks; kept with runs and decisions. */
  readonly actor: string;
}

export interface App extends Settings {
  /** The database, with a schema that this version knows. It is opened at the first call: much needs none. */
  readonly db: () => Promise<Db>;
  /** Closes what was opened. */
  readonly close: () => Promise<void>;
}

/**
 * `database` is the URL of a PostgreSQL server. Without it the one that `env` names is used, else the embedded server of
 * the work folder.
 */
export function openApp({ database: url, ...settings }: Settings & { readonly database?: string }): App {
  const env = url === undefined ? settings.env : { ...settings.env, DATABASE_URL: url };
  let opened: Promise<Database> | undefined;
  return {
    ...settings,
    env,
    db: async () => {
      opened ??= openDatabase({ ...settings, env }).catch((error: unknown) => {
        opened = undefined; // the next call tries again
        throw error;
      });
      return (await opened).db;
    },
    close: async () => {
      const database = await opened?.catch(() => undefined); // whoever asked for it was told
      await database?.close();
    },
  };
}

/** Only `migrate` changes the schema of a server that somebody named. The embedded server is brought up to date here. */
async function openDatabase({ workdir, env, log }: Settings): Promise<Database> {
  const database = await databaseFor({
    workdir,
    env: { ...env },
    options: {
      onIdleError: () => log('warn', 'an idle database connection was lost; another one is made when needed'),
    },
  });
  try {
    if (database.embedded) await migrate(database.db);
    await requireSchema(database.db);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}
