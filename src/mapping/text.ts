/** From a cell to cleaned text: blanks, null tokens, cleaning rules, case, and the map of a mapping. */

import { join, literal, type Sql, sql, textArray } from '../ground/sql-text.ts';
import type { CleanRule, Reading, TextRules } from '../pipeline/mapping.ts';

/** Blanks that stand around a cell: space, tab, line ends, no-break space, byte order mark. */
const blanks = sql`E' \\t\\r\\n\\u00a0\\ufeff'`;

export const trimmed = (cell: Sql): Sql => sql`btrim(${cell}, ${blanks})`;

/** The cleaned text of a cell; null where it is empty. `nulls`: tokens of the file's format. Uses `cell` once. */
export function cleanText(cell: Sql, rules: TextRules, nulls: readonly string[]): Sql {
  let text = rules.trim === false ? cell : trimmed(cell);
  for (const token of new Set(['', ...(rules.nulls ?? nulls)]))
    text = sql`nullif(${text}, ${literal(token)})`;
  const cleaning = rulesOf(rules.clean);
  for (const rule of cleaning) text = cleaned(text, rule);
  if (cleaning.length > 0) text = sql`nullif(${text}, '')`;
  if (rules.case === undefined) return text;
  return rules.case === 'lower' ? sql`pointferry.lower_of(${text})` : sql`pointferry.upper_of(${text})`;
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

function cleaned(text: Sql, rule: CleanRule): Sql {
  const [pattern, replacement] = typeof rule === 'string' ? fixedRules[rule] : [rule.replace, rule.with];
  return sql`pointferry.replaced(${text}, ${literal(pattern)}, ${literal(replacement)})`;
}

/** True where the cell is one of the tokens that clear the field. */
export function clearTest(cell: Sql, tokens: readonly string[]): Sql {
  return sql`coalesce(${trimmed(cell)} = any (${textArray(tokens)}), false)`;
}

/** The mapped value of `text` (a column); null where the map has none and `otherwise` says neither keep nor a constant. */
export function mapped(text: Sql, map: Reading['map'] & object, otherwise: Reading['otherwise']): Sql {
  const cases = Object.entries(map)
    .filter(([key]) => key !== '')
    .map(([key, value]) => sql`when ${literal(key)} then ${literal(value)}`);
  const other =
    otherwise === 'keep' ? text : typeof otherwise === 'object' ? literal(otherwise.constant) : sql`null`;
  const known = cases.length === 0 ? other : sql`case ${text} ${join(cases, ' ')} else ${other} end`;
  return sql`case when ${text} is null then ${map[''] === undefined ? sql`null` : literal(map[''])} else ${known} end`;
}
