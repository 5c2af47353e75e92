import { sql, textArray } from '../../ground/sql-text.ts';
import { castToText, columnType, putValue } from './column-type.ts';

const yesWords = ['true', 't', 'yes', 'y', '1'];
const noWords = ['false', 'f', 'no', 'n', '0'];
const lower = (words: readonly string[]): readonly string[] => words.map((word) => word.toLowerCase());

export const boolean = columnType({
  about: 'one of two words, true or false',
  keys: ['yes', 'no'],
  own: ['boolean'],
  code: 'NORMALIZE_NOT_A_BOOLEAN',
  read: (asked) => {
    const yes = textArray(lower(asked.reading.yes ?? yesWords));
    const no = textArray(lower(asked.reading.no ?? noWords));
    return {
      value: putValue(asked, sql`pointferry.boolean_of(${asked.text}, ${yes}, ${no})`),
      reason: 'not one of the yes and no words',
    };
  },
  text: castToText,
  order: { least: (value) => sql`bool_and(${value})`, most: (value) => sql`bool_or(${value})` },
});
