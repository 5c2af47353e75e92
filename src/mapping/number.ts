/** Written numbers -> SQL: decoration off step by step, then the plain shape. See sql/functions/decimal.sql. */

import { literal, numeral, patternOf, type Sql, sql } from '../ground/sql-text.ts';
import type { NumberForm } from '../pipeline/mapping.ts';

/** Currency signs as a class: dollar, cent, pound, yen, and the block of currency symbols. */
const anySign = '[$\\u00a2-\\u00a5\\u20a0-\\u20c0]';

/** Plain digits of the number written in `text` (a column), or something that is no plain number. */
export function numberText(text: Sql, form: NumberForm): Sql {
  let number = text;
  if (form.parentheses) number = sql`pointferry.without_parentheses(${number})`;
  if (form.percent !== undefined) number = sql`pointferry.replaced(${number}, '\\s*%$', '')`;
  if (form.currencySign !== undefined) {
    const sign = form.currencySign === true ? anySign : patternOf(form.currencySign);
    number = sql`pointferry.without_currency(${number}, ${literal(sign)})`;
  }
  const decimal = form.decimal ?? '.';
  if (form.thousands !== undefined) {
    const separator = form.thousands === ' ' ? '[ \\u00a0\\u202f]' : patternOf(form.thousands);
    number = sql`pointferry.without_groups(${number}, ${literal(separator)}, ${literal(patternOf(decimal))})`;
  }
  return decimal === ',' ? sql`pointferry.with_point(${number})` : number;
}

/** The exact number of plain digits in `text` (a column); null where there is none. */
export function decimalValue(text: Sql, form: NumberForm): Sql {
  const places = (form.implied ?? 0) + (form.percent === 'fraction' ? 2 : 0);
  // Implied decimals and a written point contradict each other: 20.00 is neither 20.00 nor 0.20 for certain.
  const whole = form.implied === undefined ? text : sql`case when ${text} ~ '^[+-]?[0-9]+$' then ${text} end`;
  const value = sql`pointferry.decimal_of(${whole})`;
  return places === 0 ? value : sql`${value} * ${numeral((10 ** -places).toFixed(places))}`;
}

/** The keys of a number's form that a mapping states, over those of its column. */
export function formOf(
  mapping: NumberForm,
  numbers: Readonly<Record<string, NumberForm>> | undefined,
  column: string,
): NumberForm {
  return { ...numbers?.['*'], ...numbers?.[column], ...stated(mapping) };
}

/** Keys of a mapping that say how its numbers are written. */
export const numberFormKeys = [
  'decimal',
  'thousands',
  'currencySign',
  'parentheses',
  'percent',
  'implied',
] as const satisfies readonly (keyof NumberForm)[];

function stated(mapping: NumberForm): NumberForm {
  const pairs = numberFormKeys.map((key) => [key, mapping[key]] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}
