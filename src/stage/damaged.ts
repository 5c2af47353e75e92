/** Records that could not be parsed: out of the raw table, into the books. */
import { sql } from 'kysely';
import { runCompiled } from '../db/kysely.ts';
import type { Client } from '../db/pool.ts';
import { rawBuilder, rawName } from './raw-table.ts';

/** Damaged records are rows of the books, rejected, with their bytes; they leave the raw table. */
export async function takeDamagedOut(
  client: Client,
  landed: { readonly file: number; readonly run: string; readonly table: string },
  hasAmount: boolean,
): Promise<void> {
  const { file, run } = landed;
  const raw = rawName(landed.table);
  const damaged = rawBuilder.selectFrom(raw).where('_damage', 'is not', null);
  const of = sql<number>`${file}::bigint`;
  const said = (key: string) => sql<string>`coalesce(_damage->>${sql.lit(key)}, '')`;
  const statements = [
    rawBuilder
      .insertInto('pointferry.row')
      .columns(['file', 'record', 'line', 'role', 'unreadable'])
      .expression(
        damaged.select(() => [
          of.as('file'),
          sql<number>`_record`.as('record'),
          sql<number>`_line`.as('line'),
          sql<string>`'rejected'`.as('role'),
          sql<boolean>`${hasAmount}::boolean`.as('unreadable'),
        ]),
      ),
    rawBuilder
      .insertInto('pointferry.row_error')
      .columns(['file', 'record', 'n', 'stage', 'code', 'field', 'reason', 'run'])
      .expression(
        damaged.select(() => [
          of.as('file'),
          sql<number>`_record`.as('record'),
          sql<number>`1`.as('n'),
          sql<string>`'stage'`.as('stage'),
          said('code').as('code'),
          said('field').as('field'),
          said('reason').as('reason'),
          sql<string>`${run}::text`.as('run'),
        ]),
      ),
    rawBuilder
      .insertInto('pointferry.damaged')
      .columns(['file', 'record', 'raw', 'cut'])
      .expression(
        damaged.select(() => [
          of.as('file'),
          sql<number>`_record`.as('record'),
          sql<Buffer>`decode(_damage->>'raw', 'base64')`.as('raw'),
          sql<boolean>`(_damage->>'cut')::boolean`.as('cut'),
        ]),
      ),
    rawBuilder.deleteFrom(raw).where('_damage', 'is not', null),
  ];
  for (const statement of statements) await runCompiled(client, statement.compile());
}
