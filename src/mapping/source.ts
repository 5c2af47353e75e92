/** A staged file's raw table as the rows of a query. */
import type { RowSource } from './context.ts';
import { name } from './quote.ts';

/** Where a pipeline's column stands in a raw table: its column there, or its place in `_cells` from 1. */
export type Place = string | number;

/** `table` is SQL; `bound` as stage stored it with the file: the pipeline's name -> place. */
export function boundRows(table: string, bound: Readonly<Record<string, Place>>): RowSource {
  const places = new Map(Object.entries(bound));
  return {
    from: `${table} r`,
    record: 'r._record',
    line: 'r._line',
    cell: (column) => {
      const place = places.get(column);
      if (place === undefined) return null;
      return typeof place === 'number' ? `r._cells[${place}]` : `r.${name(place)}`;
    },
  };
}
