/** Text that goes into built SQL. Names and constants of a pipeline are data: they only ever pass through here. */

/** A quoted name. */
export function name(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

/** A text constant. `E''` where there is a backslash, so that no setting of the server changes its meaning. */
export function literal(text: string): string {
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return text.includes('\\') ? `E${quoted}` : quoted;
}

export function textArray(texts: readonly string[]): string {
  return texts.length === 0 ? "'{}'::text[]" : `array[${texts.map(literal).join(', ')}]`;
}

/** Takes the meaning away from characters that a regular expression of PostgreSQL would act on. */
export function patternOf(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|-]/g, (character) => `\\${character}`);
}

/** A short readable name for a column of our own: `v3_transaction_timestamp`. Never longer than 63 bytes. */
export function column(prefix: string, number: number, about: string): string {
  const words = about
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, 40);
  return `${prefix}${number}_${words}`.replace(/_+$/, '');
}

export const and = (...conditions: readonly string[]): string => joined('and', 'true', conditions);
export const or = (...conditions: readonly string[]): string => joined('or', 'false', conditions);

function joined(word: string, empty: string, conditions: readonly string[]): string {
  if (conditions.length === 0) return empty;
  return conditions.length === 1 ? `(${conditions[0]})` : `(${conditions.join(` ${word} `)})`;
}

export function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}
