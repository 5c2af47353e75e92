/** What a scalar mapping becomes in the row query. */
import type { FieldType } from '../destinations/kind.ts';
import type { As, Origin, Scalar } from '../pipeline/mapping.ts';
import type { Context, FaultSql } from './context.ts';

export interface Leaf {
  /** `value`, `line_items.item_id`, `family[2].birthday`. */
  readonly path: string;
  readonly origin: Origin;
  /** Source columns it is made of; none for a constant. */
  readonly columns: readonly string[];
  readonly as: As;
  /** Column of the typed value; null where it is empty, cleared or at fault. */
  readonly value: string;
  /** Column that is true where the cell is a clear token, or null. */
  readonly cleared: string | null;
  readonly faults: readonly FaultSql[];
}

/** The type a mapping is read as: stated, or the one that the kind's field has. */
export function asOf(mapping: Scalar, declared: FieldType | undefined): As {
  if (mapping.as !== undefined) return mapping.as;
  if ('sum' in mapping || 'compute' in mapping) return declared === 'integer' ? 'integer' : 'decimal';
  switch (declared) {
    case 'instant':
      return 'timestamp';
    case 'list':
    case 'dictionary':
      return 'json';
    case 'enum':
    case undefined:
      return 'text';
    default:
      return declared;
  }
}

/** The cells a scalar is made of, as one text: shown with faults. */
export function cellsSql(context: Context, columns: readonly string[]): string {
  if (columns.length === 0) return 'null::text';
  const cells = columns.map((name) => context.cell(name));
  return cells.length === 1 ? `${cells[0]}` : `concat_ws(' | ', ${cells.join(', ')})`;
}
