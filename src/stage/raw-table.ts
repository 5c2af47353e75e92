/** The raw table of a file. Its name and columns depend on the file, so Kysely builds its statements, not a `.sql` file. */
import { type CompiledQuery, type Generated, sql } from 'kysely';
import { builder } from '../db/kysely.ts';
import { stagingSchema } from '../ledger/raw-table.ts';
import type { Binding } from './header.ts';

/** The columns that every raw table has, beside those of its file. */
export interface RawTable {
  _record: number;
  _line: number;
  /** A record that could not be parsed: `{ code, field, reason, raw, cut }`, raw in base64. Null in good records. */
  _damage: { readonly code: string } | null;
}

/** The tables of the ledger that a landing writes, as Kysely needs to know them. */
interface Schema {
  [raw: `pointferry_staging.${string}`]: RawTable;
  'pointferry.row': { file: number; record: number; line: number; role: string; unreadable: boolean };
  'pointferry.row_error': {
    file: number;
    record: number;
    n: number;
    stage: string;
    code: string;
    field: string;
    reason: string;
    run: string;
  };
  'pointferry.damaged': { file: number; record: number; raw: Buffer; cut: Generated<boolean> };
}

export const rawBuilder = builder<Schema>();
export const rawName = (table: string): `pointferry_staging.${string}` => `${stagingSchema}.${table}`;

/**
 * `create table` for a raw table. Logged: an unlogged one is empty after a crash of the server, and under
 * wal_level=minimal a table filled in the transaction that made it writes no WAL per row anyway.
 */
export function createRawTable(table: string, header: Binding): CompiledQuery {
  const own = rawBuilder.schema
    .withSchema(stagingSchema)
    .createTable(table)
    .addColumn('_record', 'bigint', (column) => column.notNull())
    .addColumn('_line', 'bigint', (column) => column.notNull())
    .addColumn('_damage', 'jsonb');
  if (header.mode === 'cells') return own.addColumn('_cells', sql`text[]`).compile();
  return header.columns.reduce((table, { column }) => table.addColumn(column, 'text'), own).compile();
}
