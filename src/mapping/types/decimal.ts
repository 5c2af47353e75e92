import { column, type Sql, sql } from '../../ground/sql-text.ts';
import { decimalValue, formOf, numberFormKeys, numberText } from '../number.ts';
import { at } from '../query.ts';
import { byOrder, castToText, columnType, putValue, type TextToRead } from './column-type.ts';

type Asked = TextToRead<(typeof numberFormKeys)[number]>;

export const decimal = columnType({
  about: 'an exact number',
  keys: numberFormKeys,
  own: ['decimal'],
  code: 'NORMALIZE_NOT_A_NUMBER',
  read: (asked) => ({
    value: putValue(asked, decimalValue(plainNumber(asked), formFor(asked))),
    reason: 'not a number in the stated form',
  }),
  text: castToText,
  isNumber: true,
  order: byOrder,
  contentOfValue: (value) => sql`trim_scale(${value})::text`,
});

/** Adds the column with the plain digits of a decorated number. */
export function plainNumber(asked: Asked): Sql {
  const { context, number, path, text } = asked;
  return context.levels.add(at.plain, column('n', number, path), numberText(text, formFor(asked)));
}

const formFor = ({ reading, context, source }: Asked) => formOf(reading, context.pipeline.numbers, source);
