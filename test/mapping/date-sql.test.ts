import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withClient } from '../../src/db/pool.ts';
import { namedIsoPattern, namedPattern, tokensOf } from '../../src/ground/date-format.ts';
import { parseFormat } from '../../src/mapping/types/date-sql.ts';
import { cloneDatabase } from '../support/postgres.ts';

const { db } = await cloneDatabase();

const formats = [
  'iso',
  'yyyyMMddHHmmss',
  'dd-MM-yyyy',
  'd.M.yy',
  'MMM d, yyyy h:mm a',
  'd MMMM yyyy',
  "yyyy-MM-dd'T'HH:mm:ss.SSS XXX",
  "dd|MM|yyyy (H 'o''clock')",
];
const cells = [
  '2026-05-11T14:02:59',
  '2026-05-11 14:02z',
  '2026-05-11t14:02:59,123456789 +02',
  '20260511140259',
  '11-05-2026',
  '11.5.26',
  '1.12.2026',
  'MAY 1, 2026 1:02 p.m.',
  'May 1, 2026 1:02 P',
  '9 december 2026',
  '9 Dez 2026',
  '2026-05-11T14:02:59.1 -05:30',
  "11|05|2026 (9 o'clock)",
  '11x05x2026 (9 oclock)',
  '',
];

test('SQL and regular expressions read the same texts by a format', async () => {
  for (const format of formats) {
    const body = format === 'iso' ? namedIsoPattern : namedPattern(tokensOf(format));
    const expression = new RegExp(`^${body}$`, 'i');
    const { rows } = await withClient(
      db,
      async (client) =>
        await client.query<{ cell: string }>(
          'select cell from unnest($1::text[]) with ordinality c(cell, n) where pointferry.matches(cell, $2) order by n',
          [cells, parseFormat(format, 'timestamp').pattern],
        ),
    );
    const read = rows.map(({ cell }) => cell);
    assert.ok(read.length > 0, format);
    assert.deepEqual(
      read,
      cells.filter((cell) => expression.test(cell)),
      format,
    );
  }
});
