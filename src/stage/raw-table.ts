/** The raw table of a file: its statement depends on the header, so it is built here. */
import pg from 'pg';
import type { Binding } from './header.ts';

/**
 * `create table` for a raw table. Logged: an unlogged one is empty after a crash of the server, and under
 * wal_level=minimal a table filled in the transaction that made it writes no WAL per row anyway.
 */
export function rawTableSql(table: string, header: Binding): string {
  const cells =
    header.mode === 'cells'
      ? ['_cells text[]']
      : header.columns.map(({ column }) => `${pg.escapeIdentifier(column)} text`);
  return `create table pointferry_staging.${pg.escapeIdentifier(table)} (
    _record bigint not null, _line bigint not null, _damage jsonb, ${cells.join(', ')})`;
}
