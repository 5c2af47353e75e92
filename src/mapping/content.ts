/**
 * Content of a row, recipe 1: what the source said, not what we made of it. Frozen: see sql/functions/content.sql.
 *
 * For each mapped field in the order of names, unless it is a constant: its name, then
 *  - the subject: its key, cleaned, before the crosswalk,
 *  - the operation's value: the canonical decimal (12.50 and 12.5 are the same),
 *  - an instant: in UTC,
 *  - anything else: the source cells without surrounding blanks, before map and type; an absent column is an empty cell.
 */
import type { Kind } from '../destinations/kind.ts';
import { itemColumns, sourceColumns } from './columns.ts';
import type { Field, Leaf } from './fields.ts';
import type { Context } from './query.ts';
import { literal } from './sql.ts';
import { trimmed } from './text.ts';

export const contentRecipe = 1;

/** SQL of the digest of a row's line. `leaves` by path. */
export function contentSql(
  context: Context,
  kind: Kind,
  fields: readonly Field[],
  leaves: ReadonlyMap<string, Leaf>,
): string {
  const pieces = fields.flatMap((field) => fieldPieces(context, kind, field, leaves));
  return `pointferry.digest('content 1' || ${pieces.join(' || ') || "''"})`;
}

function fieldPieces(
  context: Context,
  kind: Kind,
  field: Field,
  leaves: ReadonlyMap<string, Leaf>,
): string[] {
  const named = (texts: readonly string[]): string[] =>
    texts.length === 0
      ? []
      : [constantPiece(field.name), ...texts.map((text) => `pointferry.piece(${text})`)];
  const cells = (columns: readonly string[]): string[] =>
    columns.map((column) => `coalesce(${trimmed(context.cell(column))}, '')`);
  switch (field.shape) {
    case 'scalar': {
      const leaf = leaves.get(field.name);
      if (leaf === undefined || leaf.origin === 'constant') return [];
      if (field.name === kind.subjectField) return named([`${leaf.value}::text`]);
      if (field.name === kind.valueField && leaf.as === 'decimal')
        return named([`trim_scale(${leaf.value})::text`]);
      if (leaf.as === 'timestamp') return named([`pointferry.instant_text(${leaf.value})`]);
      return named(cells(sourceColumns(field.mapping)));
    }
    case 'columns':
      return named(cells(field.items.flatMap(itemColumns)));
    default:
      return named(cells(itemColumns(field.items)));
  }
}

const constantPiece = (text: string): string => literal(`${Buffer.byteLength(text)}:${text}`);
