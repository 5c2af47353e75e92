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
import { join, literal, type Sql, sql } from '../ground/sql-text.ts';
import { itemColumns, sourceColumns } from './columns.ts';
import type { Field, Leaf } from './fields.ts';
import type { Context } from './query.ts';
import { trimmed } from './text.ts';

export const contentRecipe = 1;

/** SQL of the digest of a row's line. `leaves` by path. */
export function contentSql(
  context: Context,
  kind: Kind,
  fields: readonly Field[],
  leaves: ReadonlyMap<string, Leaf>,
): Sql {
  const pieces = fields.flatMap((field) => fieldPieces(context, kind, field, leaves));
  return sql`pointferry.digest('content 1' || ${pieces.length === 0 ? sql`''` : join(pieces, ' || ')})`;
}

function fieldPieces(context: Context, kind: Kind, field: Field, leaves: ReadonlyMap<string, Leaf>): Sql[] {
  const named = (texts: readonly Sql[]): Sql[] =>
    texts.length === 0
      ? []
      : [constantPiece(field.name), ...texts.map((text) => sql`pointferry.piece(${text})`)];
  const cells = (columns: readonly string[]): Sql[] =>
    columns.map((column) => sql`coalesce(${trimmed(context.cell(column))}, '')`);
  switch (field.shape) {
    case 'scalar': {
      const leaf = leaves.get(field.name);
      if (leaf === undefined || leaf.origin === 'constant') return [];
      if (field.name === kind.subjectField) return named([sql`${leaf.value}::text`]);
      const { content, contentOfValue = content } = leaf.type;
      const canonical = field.name === kind.valueField ? contentOfValue : content;
      return named(canonical ? [canonical(leaf.value)] : cells(sourceColumns(field.mapping)));
    }
    case 'columns':
      return named(cells(field.items.flatMap(itemColumns)));
    default:
      return named(cells(itemColumns(field.items)));
  }
}

const constantPiece = (text: string): Sql => literal(`${Buffer.byteLength(text)}:${text}`);
