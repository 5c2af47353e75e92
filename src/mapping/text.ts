/** From a cell to cleaned text: blanks, null tokens, cleaning rules, case, and the map of a mapping. */

import type { CleanRule, Reading, TextRules } from '../pipeline/mapping.ts';
import { literal, textArray } from './sql.ts';

/** Blanks that stand around a cell: space, tab, line ends, no-break space, byte order mark. */
const blanks = `E' \\t\\r\\n\\u00a0\\ufeff'`;

export const trimmed = (cell: string): string => `btrim(${cell}, ${blanks})`;

/** The cleaned text of a cell; null where it is empty. `nulls`: tokens of the file's format. Uses `cell` once. */
export function cleanText(cell: string, rules: TextRules, nulls: readonly string[]): string {
  let sql = rules.trim === false ? cell : trimmed(cell);
  for (const token of new Set(['', ...(rules.nulls ?? nulls)])) sql = `nullif(${sql}, ${literal(token)})`;
  const cleaning = rulesOf(rules.clean);
  for (const rule of cleaning) sql = cleaned(sql, rule);
  if (cleaning.length > 0) sql = `nullif(${sql}, '')`;
  return rules.case === undefined ? sql : `pointferry.${rules.case}_of(${sql})`;
}

const rulesOf = (clean: TextRules['clean']): readonly CleanRule[] =>
  clean === undefined ? [] : isRules(clean) ? clean : [clean];

const isRules = (clean: CleanRule | readonly CleanRule[]): clean is readonly CleanRule[] =>
  Array.isArray(clean);

/** Patterns and replacements in the language of `regexp_replace`; see sql/functions/letters.sql. */
const fixedRules = {
  'trailing .0': ['^([+-]?[0-9]+)\\.0+$', '\\1'],
  'leading apostrophe': ["^'", ''],
  'leading zeros': ['^0+(?=.)', ''],
  'inner spaces': ['\\s+', ''],
  'single spaces': ['\\s+', ' '],
  digits: ['[^0-9]+', ''],
} as const satisfies Record<Extract<CleanRule, string>, readonly [string, string]>;

export const cleanRuleNames = Object.keys(fixedRules);

function cleaned(sql: string, rule: CleanRule): string {
  const [pattern, replacement] = typeof rule === 'string' ? fixedRules[rule] : [rule.replace, rule.with];
  return `pointferry.replaced(${sql}, ${literal(pattern)}, ${literal(replacement)})`;
}

/** True where the cell is one of the tokens that clear the field. */
export function clearTest(cell: string, tokens: readonly string[]): string {
  return `coalesce(${trimmed(cell)} = any (${textArray(tokens)}), false)`;
}

/** The mapped value of `text` (a column); null where the map has none and `otherwise` says neither keep nor a constant. */
export function mapped(text: string, map: Reading['map'] & object, otherwise: Reading['otherwise']): string {
  const cases = Object.entries(map)
    .filter(([key]) => key !== '')
    .map(([key, value]) => `when ${literal(key)} then ${literal(value)}`);
  const other =
    otherwise === 'keep' ? text : typeof otherwise === 'object' ? literal(otherwise.constant) : 'null';
  const known = cases.length === 0 ? other : `case ${text} ${cases.join(' ')} else ${other} end`;
  return `case when ${text} is null then ${map[''] === undefined ? 'null' : literal(map[''])} else ${known} end`;
}
