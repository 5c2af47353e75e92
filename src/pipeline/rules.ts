/** What must not change while there is history: what makes an event the same event, and which rows belong together. */
import type { Pipeline } from './types.ts';

/** The rules that differ between a pipeline as it was and as it is, in words; empty where rows of then may be read by it. */
export function changedRules(then: Pipeline, now: Pipeline): string[] {
  const changed = (what: string, pick: (pipeline: Pipeline) => unknown): string[] =>
    stable(pick(then)) === stable(pick(now)) ? [] : [what];
  return [
    ...changed('account', ({ account }) => account),
    ...changed('operation', ({ operation }) => operation),
    ...changed('identity', ({ identity }) => plain(identity)),
    ...changed('group', ({ group }) => group && plain({ by: group.by, across: group.across ?? 'file' })),
  ];
}

/** A key column may be written as its name alone. */
function plain(rule: object | undefined): unknown {
  if (rule === undefined) return null;
  const column = (value: unknown): unknown => (typeof value === 'string' ? { from: value } : value);
  return Object.fromEntries(
    Object.entries(rule).map(([key, value]) => {
      if (key !== 'columns' && key !== 'by') return [key, value];
      return [key, Array.isArray(value) ? value.map(column) : [column(value)]];
    }),
  );
}

/** The same text for the same data, however its keys are ordered. */
const stable = (value: unknown): string =>
  JSON.stringify(value ?? null, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
