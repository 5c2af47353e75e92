/** What edges-hook.ts is told, and what it tells. */
export interface EdgeOrder {
  /** Which edge, from 1; 0 for none. */
  readonly n: number;
  readonly kind: 'any' | EdgeKind;
  /** `full`: a statement is answered that the disk of the server is full (statements only). */
  readonly act: 'fail' | 'kill' | 'full';
  /** The edge took no effect, or it did and nobody was told. */
  readonly when: 'before' | 'after';
  /** Files in here count. */
  readonly folder: string;
  /** A line is appended to it when the process ends, or is killed by the hook. */
  readonly report: string;
}

export type EdgeKind = 'sql' | 'commit' | 'http' | 'file';

export interface EdgeReport {
  /** Edges passed of the kind that was asked for. */
  readonly passed: number;
  readonly fired: string | null;
}
