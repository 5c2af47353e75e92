/** What single cells look like. */

const number = /^[-+(]?\s?(\p{Sc}|[A-Z]{3})?\s?[-+]?\d[\d.,' ]*(\p{Sc}|[A-Z]{3}|%)?\)?$/u;
const moment = /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?$/;

/** How much of a table's beginning looks like values: numbers, dates, empty cells, words without delimiters in them. */
export function typedShare(records: readonly (readonly string[])[]): number {
  let [seen, typed] = [0, 0];
  for (const cell of records.slice(0, 300).flat()) {
    seen++;
    const text = cell.trim();
    if (text === '' || number.test(text) || moment.test(text)) typed++;
    else if (!/[;|\t]|,\S|^["']|["']$/.test(text)) typed += 0.9;
  }
  return seen === 0 ? 0 : typed / seen;
}

/** Words that stand for an empty cell somewhere in the world. */
const nullWords = /^(null|\(null\)|\\n|n\/a|#n\/a|na|nan|none|nil|nul|-+|\?|unknown|undefined)$/i;
/** Those that hardly mean anything else. */
const sureNulls = /^(null|\(null\)|\\n|#n\/a|n\/a)$/i;

export const maybeNull = (cell: string): boolean => nullWords.test(cell);
export const surelyNull = (cell: string): boolean => sureNulls.test(cell);

/** Dates that systems write where they have none. */
const emptyDates =
  /^(1900-01-01|0001-01-01|0000-00-00|1753-01-01|9999-12-31|01\/01\/1900)([ T]00:00:00(\.0+)?)?$/;
export const isEmptyDate = (cell: string): boolean => emptyDates.test(cell);

/** As the grammar's own trim does it. */
export const trimmed = (cell: string): string =>
  cell.replace(/^[ \t\r\n\u00a0\ufeff]+|[ \t\r\n\u00a0\ufeff]+$/g, '');
