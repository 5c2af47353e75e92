/** `--limit`: at most `most` operations are begun, over all pushes that share it; after that only those are continued. */
export interface SendLimit {
  readonly most: number;
  /** Operations that were claimed, or were in doubt and are sent again. */
  readonly begun: Set<number>;
}

export interface Allowance {
  readonly begin: (operation: number) => void;
  /** How many more may be begun. */
  readonly left: () => number;
  /** The only operations that may be claimed; null: any. */
  readonly among: () => readonly number[] | null;
}

export function allowanceOf(limit: SendLimit | undefined): Allowance {
  if (limit === undefined)
    return { begin: () => undefined, left: () => Number.POSITIVE_INFINITY, among: () => null };
  const { most, begun } = limit;
  return {
    begin: (operation) => void begun.add(operation),
    left: () => most - begun.size,
    among: () => (begun.size >= most ? [...begun] : null),
  };
}
