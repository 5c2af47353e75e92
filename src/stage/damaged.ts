/** Moves records that could not be parsed from the raw table into the books. */
import { sql } from 'kysely';
import { runCompiled } from '../db/kysely.ts';
import type { Client } from '../db/pool.ts';
import { rawBuilder, rawName } from './raw-table.ts';

/** Damaged records become rejected rows of the books, with their bytes, and leave the raw table. */
export async function moveDamaged(
  client: Client,
  landed: {
    readonly file: number;
    readonly run: string;
    readonly table: string;
    /** The pipeline has an amount, so a damaged record has an unreadable one. */
    readonly hasAmount: boolean;
  },
): Promise<void> {
  const { file, run, hasAmount } = landed;
  const raw = rawName(landed.table);
  const damaged = rawBuilder.selectFrom(raw).where('_damage', 'is not', null);
  const of = sql<number>`${file}::bigint`;
  const damage = (key: string) => sql<string>`coalesce(_damage->>${sql.lit(key)}, '')`;
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
          damage('code').as('code'),
          damage('field').as('field'),
          damage('reason').as('reason'),
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
