import {
  CamelCasePlugin,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import { DatabaseError } from './failure.ts';
import { type Client, type Db, type Result, withClient } from './pool.ts';
import type { Database } from './schema.ts';

/** The same mapping of names as that of `.sql` files; what is inside a JSON column keeps its names. */
const plugins = [new CamelCasePlugin({ maintainNestedObjectKeys: true })];

/**
 * Typed queries over a database, or over a client inside `withClient` and `inTransaction`. Kysely never owns a
 * connection: its own driver adds no error listener to a checked-out client, so that a backend terminated during a
 * query ends the process, and gives dead clients back to the pool. Over a `Db` each query checks one out for itself;
 * transactions are `inTransaction`'s alone. Throws DatabaseError.
 */
export function typed<Schema = Database>(source: Db | Client): Kysely<Schema> {
  return new Kysely<Schema>({ dialect: dialect(() => driverOver(source)), plugins });
}

/** Queries of the ledger that are filtered or composed: `.compile()` one, then run it. Names are in camelCase. */
export const ledgerQueries = new Kysely<Database>({
  dialect: dialect(() => new DummyDriver()),
  plugins,
});

/** Builds SQL and can run nothing: for what depends on a pipeline. `.compile()`, then `runCompiled`. */
export function builder<Schema>(): Kysely<Schema> {
  return new Kysely<Schema>({ dialect: dialect(() => new DummyDriver()) });
}

/** Runs what `builder` compiled. */
export async function runCompiled<R>(client: Client, query: CompiledQuery<R>): Promise<R[]> {
  return (await client.query<R>(query.sql, query.parameters)).rows;
}

function dialect(createDriver: () => Driver): Dialect {
  return {
    createDriver,
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db) => new PostgresIntrospector(db),
  };
}

function driverOver(source: Db | Client): Driver {
  const connection: DatabaseConnection = {
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      const ask = (client: Client): Promise<Result<R>> => client.query<R>(query.sql, query.parameters);
      const result = await ('pool' in source ? withClient(source, ask) : ask(source));
      const changes = /^(INSERT|UPDATE|DELETE|MERGE)$/.test(result.command);
      return changes
        ? { rows: result.rows, numAffectedRows: BigInt(result.rowCount) }
        : { rows: result.rows };
    },
    // biome-ignore lint/correctness/useYield: Kysely asks for a generator, and there is none to be had
    async *streamQuery() {
      throw refused('streams');
    },
  };
  const refuse = async (): Promise<void> => {
    throw refused('begins or ends transactions');
  };
  return {
    init: async () => undefined,
    acquireConnection: async () => connection,
    releaseConnection: async () => undefined,
    destroy: async () => undefined,
    beginTransaction: refuse,
    commitTransaction: refuse,
    rollbackTransaction: refuse,
  };
}

const refused = (what: string): DatabaseError =>
  new DatabaseError('statement', `Kysely never ${what} here: use inTransaction`);
