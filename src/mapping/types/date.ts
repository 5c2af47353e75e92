import { sql } from '../../ground/sql-text.ts';
import { byOrder, columnType } from './column-type.ts';
import { readTime } from './time.ts';

export const date = columnType({
  about: 'a day of the calendar',
  keys: ['format', 'pivot', 'zone'],
  own: ['date'],
  code: 'NORMALIZE_NOT_A_DATE',
  read: (asked) => readTime(asked, 'date'),
  text: (value) => sql`to_char(${value}, 'YYYY-MM-DD')`,
  order: byOrder,
  instant: (value, zone) => sql`(${value}::timestamp at time zone ${zone})`,
});
