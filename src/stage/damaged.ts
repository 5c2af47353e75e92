/** Records that could not be parsed: out of the raw table, into the books. */
import type { Client } from '../db/pool.ts';

/** Damaged records are rows of the books, rejected, with their bytes; they leave the raw table. */
export async function takeDamagedOut(
  client: Client,
  file: number,
  table: string,
  hasAmount: boolean,
): Promise<void> {
  const raw = `pointferry_staging.${table}`;
  await client.query(
    `insert into pointferry.row (file, record, line, role, unreadable)
     select $1, _record, _line, 'rejected', $2 from ${raw} where _damage is not null`,
    [file, hasAmount],
  );
  await client.query(
    `insert into pointferry.row_error (file, record, n, stage, code, field, reason, run)
     select $1, _record, 1, 'stage', _damage->>'code', coalesce(_damage->>'field', ''), _damage->>'reason', f.run
       from ${raw}, pointferry.file f where _damage is not null and f.id = $1`,
    [file],
  );
  await client.query(
    `insert into pointferry.damaged (file, record, raw, cut)
     select $1, _record, decode(_damage->>'raw', 'base64'), (_damage->>'cut')::boolean from ${raw} where _damage is not null`,
    [file],
  );
  await client.query(`delete from ${raw} where _damage is not null`);
}
