import { PointferryError } from '../ground/errors.ts';
import { type DatabaseError, isDatabaseError } from './failure.ts';

/** Where `default_transaction_read_only` was turned on, in the words of pg_settings. */
const places: Readonly<Record<string, string>> = {
  database: 'set for the database: alter database … set',
  user: 'set for the role: alter role … set',
  'database user': 'set for the role in this database: alter role … in database … set',
  'configuration file': "set in the server's postgresql.conf",
  client: 'set in the options of the connection',
};

/** What of a client is asked here: pool.ts calls this, so that its type cannot come from there. */
interface Connection {
  query<R>(text: string): Promise<{ readonly rows: readonly R[] }>;
}

/**
 * What a refused write means, asked on the very connection that refused it, after the rollback: a standby passes (a
 * failover is under way); a setting is a person's decision, which waiting does not undo and we do not override.
 */
export async function whyReadOnly(connection: Connection, refused: DatabaseError): Promise<Error> {
  const { rows } = await connection.query<{ standby: boolean; source: string }>(
    `select pg_is_in_recovery() as standby, source from pg_settings where name = 'default_transaction_read_only'`,
  );
  const [found] = rows;
  if (!found) return refused;
  if (found.standby) return refused.saying('the server is a standby, and takes no writes (25006)');
  const where = places[found.source] ?? found.source;
  return new PointferryError(
    'CONFIG_DATABASE',
    `default_transaction_read_only is on (${where}): nothing can be written`,
    {
      hint: 'reset it where it was set, or name another database or role in DATABASE_URL',
    },
  );
}

export const isReadOnly = (error: unknown): error is DatabaseError => isDatabaseError(error, '25006');
