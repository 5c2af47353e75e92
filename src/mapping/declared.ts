/** What the kind declares, checked on the values of an operation. */
import type { Kind, Rule } from '../destinations/kind.ts';
import { literal, or, type Sql, sql } from '../ground/sql-text.ts';
import type { Pipeline } from '../pipeline/types.ts';
import { type Checked, declaredFaults, itemFaults } from './checks.ts';
import {
  crosswalkType,
  dictionaryLeaves,
  type Field,
  itemColumn,
  itemsOf,
  type Leaf,
  type Rows,
  type ScalarField,
} from './fields.ts';
import type { FaultSql } from './query.ts';
import { types } from './types/index.ts';

/** Every fault that the declarations of the mapped fields can find. */
export function fieldFaults(
  pipeline: Pipeline,
  kind: Kind,
  fields: readonly Field[],
  rows: Rows,
): readonly FaultSql[] {
  const faulty = (leaf: Leaf): Sql =>
    pipeline.group === undefined ? sql`pointferry.is_faulty(row_faults, ${literal(leaf.path)})` : sql`false`;
  const checked = (leaf: Leaf): Checked => ({ ...leaf, faulty: faulty(leaf) });
  const missing = Object.entries(kind.fields).filter(
    ([name, declared]) => declared.required && pipeline.columns[name] === undefined,
  );
  return [
    ...fields.flatMap((field) => faultsOf(kind, field, rows, checked)),
    ...missing.map(([name]) => required(name, sql`true`)),
  ];
}

function faultsOf(
  kind: Kind,
  field: Field,
  rows: Rows,
  checked: (leaf: Leaf) => Checked,
): readonly FaultSql[] {
  switch (field.shape) {
    case 'rows':
      return requiredList(field, rows);
    case 'scalar':
      return scalarFaults(kind, field, rows, checked);
    case 'dictionary':
      return dictionaryLeaves(field, rows).flatMap(({ leaf, declared }) =>
        declaredFaults(checked(leaf), declared),
      );
    case 'columns':
      return itemsOf(field, rows).flatMap((leaves) => itemFaults(leaves, (leaf) => checked(leaf).faulty));
  }
}

function scalarFaults(
  kind: Kind,
  field: ScalarField,
  rows: Rows,
  checked: (leaf: Leaf) => Checked,
): readonly FaultSql[] {
  const leaf = rows.leaves.get(field.name);
  if (leaf === undefined) return [];
  if (field.name !== kind.subjectField || crosswalkType(field) === null)
    return declaredFaults(checked(leaf), field.declared);
  // the key of the export need not look like the platform's id: its shape is asked of what the crosswalk gives
  const { required: needed, source, type, ...shape } = field.declared;
  const id: Checked = { ...checked(leaf), type: types.text, value: sql`x.member_id`, cleared: null };
  return [
    ...declaredFaults(checked(leaf), { type, source, required: needed ?? true }),
    ...declaredFaults(id, { type, source, ...shape }),
  ];
}

const requiredList = (field: Field, rows: Rows): readonly FaultSql[] =>
  field.declared.required ? [required(field.name, sql`${itemColumn(field.name, rows)} is null`)] : [];

const required = (field: string, when: Sql): FaultSql => ({
  when,
  code: literal('NORMALIZE_REQUIRED'),
  field,
  columns: [],
  value: sql`null::text`,
  reason: `${field} is required`,
});

/** Rules over several fields. A field that the pipeline does not map is absent. */
export function ruleFaults(
  rules: readonly Rule[],
  rows: Rows,
  fields: readonly Field[],
): readonly FaultSql[] {
  const present = (name: string): Sql => presentSql(name, rows, fields);
  return rules.flatMap((rule) => {
    const leaf = rows.leaves.get(rule.field);
    const when =
      rule.rule === 'needs'
        ? present(rule.field)
        : leaf === undefined
          ? sql`false`
          : sql`${leaf.type.text(leaf.value)} = ${literal(rule.value)}`;
    if (when === sql`false`) return [];
    const columns = [rule.field, rule.other].flatMap((name) => rows.leaves.get(name)?.columns ?? []);
    return [
      {
        when: sql`${when} and not ${present(rule.other)}`,
        code: literal('NORMALIZE_RULE'),
        field: rule.field,
        columns,
        value: sql`null::text`,
        reason: rule.reason,
      },
    ];
  });
}

function presentSql(name: string, rows: Rows, fields: readonly Field[]): Sql {
  const leaf = rows.leaves.get(name);
  if (leaf !== undefined)
    return leaf.cleared === null
      ? sql`(${leaf.value} is not null)`
      : or(sql`${leaf.value} is not null`, leaf.cleared);
  const item = rows.items.get(name);
  if (item !== undefined) return sql`(${item} is not null)`;
  const field = fields.find((one) => one.name === name);
  if (field === undefined || field.shape === 'scalar' || field.shape === 'rows') return sql`false`;
  const leaves = field.shape === 'dictionary' ? dictionaryLeaves(field, rows) : itemsOf(field, rows).flat();
  return or(...leaves.map((one) => sql`${one.leaf.value} is not null`));
}
