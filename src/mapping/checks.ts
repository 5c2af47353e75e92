/** What a kind declares about one value -> the faults it may have. */
import type { FieldDeclaration } from '../destinations/kind.ts';
import { literal, or, type Sql, sql, textArray } from '../ground/sql-text.ts';
import type { ItemLeaf, Leaf } from './fields.ts';
import type { FaultSql } from './query.ts';
import type { ColumnType } from './types/column-type.ts';

/** A value in a query, with what is needed to speak of it. */
export interface Checked {
  readonly path: string;
  readonly columns: readonly string[];
  readonly type: ColumnType;
  /** SQL of the typed value. */
  readonly value: Sql;
  /** SQL, true where the value is absent because its cell was at fault: that is reported already. */
  readonly faulty: Sql;
  /** SQL, true where the field is cleared, or null. */
  readonly cleared: Sql | null;
}

/** Requiredness, length, list, shape and sign, as the kind's document has them. */
export function declaredFaults(checked: Checked, declared: FieldDeclaration): readonly FaultSql[] {
  const { path, columns, type, value, faulty, cleared } = checked;
  const text = type.text(value);
  const fault = (when: Sql, code: string, reason: string): FaultSql => ({
    when,
    code: literal(code),
    field: path,
    columns,
    value: text,
    reason,
  });
  const faults: FaultSql[] = [];
  if (declared.required) {
    const empty = sql`${value} is null and not ${faulty}${cleared === null ? sql`` : sql` and not ${cleared}`}`;
    faults.push(fault(empty, 'NORMALIZE_REQUIRED', `${path} is required`));
  }
  if (cleared !== null && !declared.clearable) {
    faults.push(fault(cleared, 'NORMALIZE_NOT_CLEARABLE', `${path} cannot be cleared on the platform`));
  }
  if (type.isJson) return faults;
  const { minLength, maxLength, values, pattern, nonNegative } = declared;
  if (maxLength !== undefined)
    faults.push(
      fault(sql`length(${text}) > ${maxLength}`, 'NORMALIZE_TOO_LONG', `longer than ${maxLength} characters`),
    );
  if (minLength !== undefined && minLength > 1) {
    faults.push(
      fault(
        sql`length(${text}) < ${minLength}`,
        'NORMALIZE_TOO_SHORT',
        `shorter than ${minLength} characters`,
      ),
    );
  }
  if (values !== undefined) {
    const said = values.length <= 12 ? `one of ${values.join(', ')}` : `one of ${values.length} values`;
    faults.push(fault(sql`${text} <> all (${textArray(values)})`, 'NORMALIZE_NOT_IN_LIST', said));
  }
  if (pattern !== undefined)
    faults.push(
      fault(
        sql`not pointferry.matches(${text}, ${literal(pattern)})`,
        'NORMALIZE_SHAPE',
        'not of the shape that the platform takes',
      ),
    );
  if (nonNegative && type.isNumber) {
    faults.push(fault(sql`${value} < 0`, 'NORMALIZE_NEGATIVE_VALUE', `${path} must not be negative`));
  }
  return faults;
}

/** The faults of one item that a kind's declarations find; an item that is not there has none. */
export function itemFaults(leaves: readonly ItemLeaf[], faulty: (leaf: Leaf) => Sql): readonly FaultSql[] {
  const stands = itemStands(leaves);
  return leaves.flatMap(({ leaf, declared }) => {
    const { path, columns, type, value } = leaf;
    const checked = { path, columns, type, value, faulty: faulty(leaf), cleared: null };
    return declaredFaults(checked, declared).map((fault) => ({
      ...fault,
      when: sql`${stands} and ${fault.when}`,
    }));
  });
}

/** SQL, true where the item has a value that is no constant. */
export const itemStands = (leaves: readonly ItemLeaf[]): Sql =>
  or(
    ...leaves
      .filter(({ leaf }) => leaf.origin !== 'constant')
      .map(({ leaf }) => sql`${leaf.value} is not null`),
  );
