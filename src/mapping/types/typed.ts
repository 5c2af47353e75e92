/** Cleaned text -> typed value: one way per type. */
import type { FieldDeclaration } from '../../destinations/kind.ts';
import type { As, Reading } from '../../pipeline/mapping.ts';
import { decimalValue, formOf, numberText } from '../number.ts';
import { at, type Context } from '../query.ts';
import { column, literal } from '../sql.ts';
import { timeValue } from './time.ts';

const yesWords = ['true', 't', 'yes', 'y', '1'];
const noWords = ['false', 'f', 'no', 'n', '0'];
const lower = (words: readonly string[]): string =>
  `array[${words.map((word) => literal(word.toLowerCase())).join(', ')}]`;

export interface Typed {
  readonly value: string;
  /** SQL. */
  readonly code: string;
  readonly reason: string;
}

/** Adds the typed value of `text` (a column). */
export function typedValue(
  context: Context,
  number: number,
  path: string,
  as: As,
  text: string,
  reading: Reading,
  declared: FieldDeclaration | undefined,
  source: string,
): Typed {
  const put = (sql: string): string => context.levels.add(at.value, column('v', number, path), sql);
  const of = (sql: string, code: string, reason: string): Typed => ({
    value: put(sql),
    code: literal(code),
    reason,
  });
  switch (as) {
    case 'text':
      return { value: put(text), code: literal('NORMALIZE_RULE'), reason: 'never' };
    case 'integer':
    case 'decimal': {
      const form = formOf(reading, context.pipeline.numbers, source);
      const plain = context.levels.add(at.plain, column('n', number, path), numberText(text, form));
      const sql = as === 'decimal' ? decimalValue(plain, form) : `pointferry.integer_of(${plain})`;
      return of(
        sql,
        'NORMALIZE_NOT_A_NUMBER',
        as === 'decimal' ? 'not a number in the stated form' : 'not a whole number',
      );
    }
    case 'boolean': {
      const sql = `pointferry.boolean_of(${text}, ${lower(reading.yes ?? yesWords)}, ${lower(reading.no ?? noWords)})`;
      return of(sql, 'NORMALIZE_NOT_A_BOOLEAN', 'not one of the yes and no words');
    }
    case 'email':
      return of(`pointferry.email_of(${text})`, 'NORMALIZE_NOT_AN_EMAIL', 'not an e-mail address');
    case 'json':
      return jsonValue(context, number, path, text, declared);
    case 'phone':
      return of(
        phoneSql(context, text, reading, declared),
        'NORMALIZE_NOT_A_PHONE',
        'not a possible phone number',
      );
    case 'date':
    case 'timestamp':
      return timeValue(context, number, path, as, text, reading);
  }
}

/** SQL of the region of a phone number: stated, from a column, or the kind's. */
function regionSql(context: Context, reading: Reading, declared: FieldDeclaration | undefined): string {
  if (typeof reading.region === 'object')
    return `coalesce(pointferry.upper_of(btrim(${context.cell(reading.region.from)})), '')`;
  return literal(reading.region ?? declared?.phone?.region ?? '');
}

/** E.164 by the table that normalize fills beforehand (phones.ts); `digits` form needs no table. */
function phoneSql(
  context: Context,
  text: string,
  reading: Reading,
  declared: FieldDeclaration | undefined,
): string {
  if (declared?.phone?.form === 'digits') return `pointferry.phone_digits_of(${text})`;
  const given = regionSql(context, reading, declared);
  context.phones.push({ value: text, region: given });
  return `(select p.e164 from ${context.tables.phones} p where p.value = ${text} and p.region = ${given})`;
}

/** JSON of any shape, or for lists and dictionaries of the shape that the kind declares. */
function jsonValue(
  context: Context,
  number: number,
  path: string,
  text: string,
  declared: FieldDeclaration | undefined,
): Typed {
  const json = `pointferry.json_of(${text})`;
  if (declared?.type !== 'list' && declared?.type !== 'dictionary') {
    return {
      value: context.levels.add(at.value, column('v', number, path), json),
      code: literal('NORMALIZE_NOT_JSON'),
      reason: 'not JSON',
    };
  }
  const item = declared.type === 'list' ? literal(JSON.stringify(declared.item ?? {})) : 'null';
  const shaped = context.levels.add(
    at.plain,
    column('j', number, path),
    `pointferry.shaped_json(${json}, ${item}::jsonb)`,
  );
  return {
    value: context.levels.add(at.value, column('v', number, path), `${shaped}->'value'`),
    code: `${shaped}->>'code'`,
    reason:
      declared.type === 'list' ? 'not a list of the items that the platform takes' : 'not a JSON object',
  };
}
