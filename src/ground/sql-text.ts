/**
 * Text that is SQL, apart from text that is not. SQL is made by the tag `sql`, which takes nothing but SQL, numbers and truths, and by
 * the quoting functions below. Names and constants of a pipeline are data: they only ever pass through here.
 */

declare const brand: unique symbol;
export type Sql = string & { readonly [brand]: true };

/** SQL with SQL put in. A name of a column or a word of a pipeline does not compile here before it is quoted. */
export const sql = (texts: TemplateStringsArray, ...parts: readonly (Sql | number | boolean)[]): Sql =>
  String.raw({ raw: texts }, ...parts) as Sql;

/** Put together with `between`. */
export const join = (parts: readonly Sql[], between: string): Sql => parts.join(between) as Sql;

/** A quoted name. */
export const name = (text: string): Sql => `"${text.replaceAll('"', '""')}"` as Sql;

/** A text constant. `E''` where there is a backslash, so that no setting of the server changes its meaning. */
export function literal(text: string): Sql {
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return (text.includes('\\') ? `E${quoted}` : quoted) as Sql;
}

export const textArray = (texts: readonly string[]): Sql =>
  texts.length === 0 ? sql`'{}'::text[]` : sql`array[${join(texts.map(literal), ', ')}]`;

/** A number as it is written: digits, and at most one point. */
export function numeral(text: string): Sql {
  if (!/^[0-9]+(\.[0-9]+)?$/.test(text)) throw new TypeError(`${text} is no number`);
  return text as Sql;
}

/** A table of our own, with its schema: the name needs no quotes. */
export function table(text: string): Sql {
  if (!/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/.test(text)) throw new TypeError(`${text} is no table`);
  return text as Sql;
}

/** Takes the meaning away from characters that a regular expression of PostgreSQL would act on. */
export function patternOf(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|-]/g, (character) => `\\${character}`);
}

/** A short readable name for a column of our own: `v3_transaction_timestamp`. Never longer than 63 bytes. */
export function column(prefix: string, number: number, about: string): Sql {
  const words = about
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, 40);
  return `${prefix}${number}_${words}`.replace(/_+$/, '') as Sql;
}

export const and = (...conditions: readonly Sql[]): Sql => joined(' and ', sql`true`, conditions);
export const or = (...conditions: readonly Sql[]): Sql => joined(' or ', sql`false`, conditions);

const joined = (word: string, empty: Sql, conditions: readonly Sql[]): Sql =>
  conditions.length === 0 ? empty : sql`(${join(conditions, word)})`;

export const indent = (text: Sql): Sql => text.replace(/^/gm, '  ') as Sql;
