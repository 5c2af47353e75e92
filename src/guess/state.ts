/** A pipeline of states, drafted: fields by the likeness of their names, and what says which version is newer. */
import type { FieldDeclaration, Kind } from '../destinations/kind.ts';
import { columnFor, type Draft, type Facts, isKey, isTime, todo } from './facts.ts';
import { mappingOf, suits, textOf, timeOf } from './field.ts';
import type { Column } from './profile.ts';
import { likeness, meaningOf } from './words.ts';

export function draftState(draft: Draft, facts: Facts, kind: Kind): void {
  const { literal } = draft;
  const changed = columnFor(facts.columns, 'changed', isTime);
  if (changed) {
    const notes: string[] = [];
    literal.version = { from: changed.name, ...textOf(facts, changed), ...timeOf(changed, 'instant', notes) };
    if (notes.length > 0) draft.notes.set('version', notes.join('. '));
  } else if (literal.businessDate === undefined) {
    literal.businessDate = { run: true, zone: todo('the zone in which a day begins') };
    draft.notes.set(
      'businessDate',
      'neither a column nor the name of the file says when a row changed: the newest file wins, by the day it is run',
    );
  }
  literal.columns = columnsOf(draft, facts, kind);
}

function columnsOf(draft: Draft, facts: Facts, kind: Kind): Record<string, unknown> {
  const columns: Record<string, unknown> = {};
  const found = assigned(facts, kind);
  for (const [field, declared] of Object.entries(kind.fields)) {
    const column = found.get(field);
    const path = `columns.${field}`;
    if (column) {
      columns[field] = mappingOf(draft, facts, path, column, declared);
      if (field === kind.subjectField && kind.subjectType === 'member')
        Object.assign(
          columns[field] as object,
          column.type === 'email'
            ? { case: 'lower', via: { crosswalk: 'email' } }
            : { via: 'crosswalk', unknown: 'park' },
        );
    } else if (declared.required) columns[field] = { from: todo(`the column of ${field}`) };
  }
  return columns;
}

interface Pair {
  readonly field: string;
  readonly column: Column;
  readonly score: number;
}

/** Each column to one field, the likest pairs first; the subject's may serve another field too. */
function assigned(facts: Facts, kind: Kind): Map<string, Column> {
  const fields = Object.entries(kind.fields).filter(
    ([, declared]) => !['list', 'dictionary'].includes(declared.type),
  );
  const pairs: Pair[] = fields
    .flatMap(([field, declared]) =>
      facts.columns.map((column) => ({ field, column, score: scoreOf(field, declared, column, kind) })),
    )
    .filter(({ score }) => score >= 0.6)
    .sort((a, b) => b.score - a.score || a.column.place - b.column.place);
  const found = new Map<string, Column>();
  const taken = new Set<Column>();
  for (const { field, column } of pairs) {
    if (found.has(field) || taken.has(column)) continue;
    found.set(field, column);
    if (meaningOf(field) !== 'member') taken.add(column);
  }
  if (!found.has(kind.subjectField)) {
    const email =
      kind.subjectType === 'member' ? facts.columns.find((column) => column.type === 'email') : undefined;
    if (email) found.set(kind.subjectField, email);
  }
  return found;
}

function scoreOf(field: string, declared: FieldDeclaration, column: Column, kind: Kind): number {
  const fits = field === kind.subjectField ? isKey(column) : suits(column, declared);
  return fits ? likeness(column.name, meaningOf(field)) : 0;
}
