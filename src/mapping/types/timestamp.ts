import { sql } from '../../ground/sql-text.ts';
import { asIs, byOrder, columnType } from './column-type.ts';
import { readTime } from './time.ts';

export const timestamp = columnType({
  about: 'an instant: a local time in its `zone`, or a text with an offset',
  keys: ['format', 'pivot', 'zone', 'ambiguous'],
  own: ['instant'],
  code: 'NORMALIZE_NOT_A_DATE',
  read: (asked) => readTime(asked, 'timestamp'),
  text: (value) => sql`pointferry.instant_handed(${value})`,
  order: byOrder,
  instant: asIs,
  content: (value) => sql`pointferry.instant_text(${value})`,
});
