import { sql } from '../../ground/sql-text.ts';
import { asIs, byBytes, columnType, putValue } from './column-type.ts';

export const email = columnType({
  about: 'an e-mail address',
  keys: [],
  own: ['email'],
  code: 'NORMALIZE_NOT_AN_EMAIL',
  read: (asked) => ({
    value: putValue(asked, sql`pointferry.email_of(${asked.text})`),
    reason: 'not an e-mail address',
  }),
  text: asIs,
  order: byBytes,
});
