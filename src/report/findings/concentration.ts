/** What the rows of a group have in common: the column whose one value explains nearly all of them, and hardly others. */

export interface Sampled {
  /** Cells in the order of the header. */
  readonly cells: readonly (string | null)[];
}

export interface Concentration {
  readonly column: string;
  readonly value: string;
  /** Of the rows of the group that were looked at. */
  readonly here: number;
  readonly lookedAt: number;
  /** Share of other rows that have the value too, 0 to 1. */
  readonly elsewhere: number;
}

const fewest = 5;
const nearlyAll = 0.95;
/** A value that many other rows have too explains nothing. */
const common = 0.1;

/**
 * The column that explains most, or null. `others` are rows of the same header that are not in the group; `except` are
 * columns that say nothing new, because the fault is about them.
 */
export function concentrationOf(
  header: readonly string[],
  group: readonly Sampled[],
  others: readonly Sampled[],
  except: readonly string[] = [],
): Concentration | null {
  if (group.length < fewest) return null;
  let best: Concentration | null = null;
  for (const [index, column] of header.entries()) {
    if (except.includes(column)) continue;
    const [value, here] = mostFrequent(group.map((row) => row.cells[index] ?? ''));
    if (here < nearlyAll * group.length || value === '') continue;
    const same = others.filter((row) => row.cells[index] === value).length;
    const elsewhere = others.length === 0 ? 0 : same / others.length;
    if (elsewhere < common && (best === null || elsewhere < best.elsewhere))
      best = { column, value, here, lookedAt: group.length, elsewhere };
  }
  return best;
}

function mostFrequent(values: readonly string[]): [value: string, count: number] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let best: [string, number] = ['', 0];
  for (const entry of counts) if (entry[1] > best[1]) best = entry;
  return best;
}
