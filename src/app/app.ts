/** What most verbs begin with: the database, with a schema that this version knows. */

import type { Context } from '../cli/command.ts';
import { type Database, databaseFor } from '../db/database.ts';
import { migrate, requireSchema } from '../db/migrate.ts';

/**
 * Opens the database of this command. `migrate` alone changes the schema of a server that a person named; the embedded
 * one is ours, and is brought up to date here.
 */
export async function openDatabaseFor(context: Pick<Context, 'workdir' | 'env' | 'log'>): Promise<Database> {
  const database = await databaseFor({
    workdir: context.workdir,
    env: { ...context.env },
    options: {
      onIdleError: () =>
        context.log('warn', 'an idle database connection was lost; another one is made when needed'),
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

/** Runs `fn` with the database and closes it afterwards, whatever happens. */
export async function withDatabase<T>(
  context: Pick<Context, 'workdir' | 'env' | 'log'>,
  fn: (database: Database) => Promise<T>,
): Promise<T> {
  const database = await openDatabaseFor(context);
  try {
    return await fn(database);
  } finally {
    await database.close();
  }
}
