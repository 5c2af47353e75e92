/** Written numbers -> SQL: decoration off step by step, then the plain shape. See sql/functions/decimal.sql. */

import type { NumberForm } from '../pipeline/mapping.ts';
import { literal, patternOf } from './sql.ts';

/** Currency signs as a class: dollar, cent, pound, yen, and the block of currency symbols. */
const anySign = '[$\\u00a2-\\u00a5\\u20a0-\\u20c0]';

/** Plain digits of the number written in `text` (a column), or something that is no plain number. */
export function numberText(text: string, form: NumberForm): string {
  let sql = text;
  if (form.parentheses) sql = `pointferry.without_parentheses(${sql})`;
  if (form.percent !== undefined) sql = `pointferry.replaced(${sql}, '\\s*%$', '')`;
  if (form.currencySign !== undefined) {
    const sign = form.currencySign === true ? anySign : patternOf(form.currencySign);
    sql = `pointferry.without_currency(${sql}, ${literal(sign)})`;
  }
  const decimal = form.decimal ?? '.';
  if (form.thousands !== undefined) {
    const separator = form.thousands === ' ' ? '[ \\u00a0\\u202f]' : patternOf(form.thousands);
    sql = `pointferry.without_groups(${sql}, ${literal(separator)}, ${literal(patternOf(decimal))})`;
  }
  return decimal === ',' ? `pointferry.with_point(${sql})` : sql;
}

/** The exact number of plain digits in `text` (a column); null where there is none. */
export function decimalValue(text: string, form: NumberForm): string {
  const places = (form.implied ?? 0) + (form.percent === 'fraction' ? 2 : 0);
  // Implied decimals and a written point contradict each other: 20.00 is neither 20.00 nor 0.20 for certain.
  const whole = form.implied === undefined ? text : `case when ${text} ~ '^[+-]?[0-9]+$' then ${text} end`;
  const value = `pointferry.decimal_of(${whole})`;
  return places === 0 ? value : `${value} * ${(10 ** -places).toFixed(places)}`;
}

/** True where a decorated number has nothing to be taken off: the plain text is the number's text. */
export const isPlain = (form: NumberForm): boolean =>
  form.decimal !== ',' &&
  form.thousands === undefined &&
  form.currencySign === undefined &&
  form.percent === undefined &&
  !form.parentheses;

/** The keys of a number's form that a mapping states, over those of its column. */
export function formOf(
  mapping: NumberForm,
  numbers: Readonly<Record<string, NumberForm>> | undefined,
  column: string,
): NumberForm {
  return { ...numbers?.['*'], ...numbers?.[column], ...stated(mapping) };
}

function stated(mapping: NumberForm): NumberForm {
  const { decimal, thousands, currencySign, parentheses, percent, implied } = mapping;
  const all = { decimal, thousands, currencySign, parentheses, percent, implied };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
