import { column, literal, sql } from '../../ground/sql-text.ts';
import { at } from '../query.ts';
import { castToText, columnType, putValue, type TextToRead, type TypedValue } from './column-type.ts';

export const json = columnType({
  about: 'JSON; for a list or a dictionary of the shape that the kind declares',
  keys: [],
  own: ['list', 'dictionary'],
  code: 'NORMALIZE_NOT_JSON',
  read: (asked) => {
    if (asked.declared?.type === 'list' || asked.declared?.type === 'dictionary') return shaped(asked);
    return {
      value: putValue(asked, sql`pointferry.json_of(${asked.text})`),
      reason: 'not JSON',
    };
  },
  text: castToText,
  isJson: true,
  order: null,
});

/** The function says which fault it is: no JSON, or JSON of another shape. */
function shaped(asked: TextToRead<never>): TypedValue {
  const { context, number, path, text, declared } = asked;
  const isList = declared?.type === 'list';
  const item = isList ? literal(JSON.stringify(declared.item ?? {})) : sql`null`;
  const checked = context.levels.add(
    at.plain,
    column('j', number, path),
    sql`pointferry.shaped_json(pointferry.json_of(${text}), ${item}::jsonb)`,
  );
  return {
    value: putValue(asked, sql`${checked}->'value'`),
    reason: isList ? 'not a list of the items that the platform takes' : 'not a JSON object',
    code: sql`${checked}->>'code'`,
  };
}
