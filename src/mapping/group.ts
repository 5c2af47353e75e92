/** Rows of one group: their key, and cells that stand only on the group's first row. */
import type { Pipeline } from '../pipeline/types.ts';
import { keyColumns } from './columns.ts';
import { at, type Context, type newContext, type RowSource, rawCell, type Tables } from './context.ts';
import { compileKey, type Key } from './keys.ts';
import { column } from './quote.ts';
import { trimmed } from './text.ts';

/** The key of the row's group; a pipeline without groups has none. */
export function compileGroup(context: Context): Key | undefined {
  const { group } = context.pipeline;
  return group === undefined ? undefined : compileKey(context, keyColumns(group.by), 'group key');
}

/** What a window partitions by: a row without a key is a group of its own. */
export function groupKey(context: Context): string {
  const key = compileGroup(context);
  return key === undefined ? 'record' : `${key.value}, case when ${key.value} is null then record end`;
}

/** A context in which cells named by `group.fill` come from the group's first row that has one. */
export function rowContext(
  make: typeof newContext,
  pipeline: Pipeline,
  source: RowSource,
  tables: Tables,
): Context {
  const filled = new Set(pipeline.group?.fill ?? []);
  return make(pipeline, source, tables, (context, name) => {
    const cell = rawCell(context, name);
    if (!filled.has(name)) return cell;
    const stands = `nullif(${trimmed(cell)}, '')`;
    return context.levels.add(
      at.filled,
      column('f', context.next(), name),
      `coalesce(${stands}, (array_agg(${cell}) filter (where ${stands} is not null) over (partition by ${groupKey(context)} order by record))[1])`,
    );
  });
}
