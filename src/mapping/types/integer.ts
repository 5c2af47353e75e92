import { sql } from '../../ground/sql-text.ts';
import { numberFormKeys } from '../number.ts';
import { byOrder, castToText, columnType, putValue } from './column-type.ts';
import { plainNumber } from './decimal.ts';

export const integer = columnType({
  about: 'a whole number',
  keys: numberFormKeys,
  own: ['integer'],
  fits: ['decimal'],
  code: 'NORMALIZE_NOT_A_NUMBER',
  read: (asked) => ({
    value: putValue(asked, sql`pointferry.integer_of(${plainNumber(asked)})`),
    reason: 'not a whole number',
  }),
  text: castToText,
  isNumber: true,
  order: byOrder,
});
