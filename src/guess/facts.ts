/** What is known of a file once its sample was looked at. */
import type { Format } from '../pipeline/format.ts';
import type { Keys } from './keys.ts';
import type { Column } from './profile.ts';
import { likeness } from './words.ts';

export interface Facts {
  readonly format: Format;
  readonly columns: readonly Column[];
  /** Rows of the sample, the header not among them. */
  readonly rows: number;
  readonly damaged: number;
  readonly keys: Keys;
  /** For people: doubts about the file as a whole. */
  readonly remarks: readonly string[];
}

/** Literal values, and what is said about them: by key path, as `check` writes it. */
export interface Draft {
  readonly literal: Record<string, unknown>;
  readonly notes: Map<string, string>;
}

/** Every text that begins so is refused by `check` until a person has put something else there. */
export const todo = (what: string): string => `TODO: ${what}`;

/** The column that a meaning fits best, among those that `fits` lets pass. */
export function columnFor(
  columns: readonly Column[],
  meaning: string,
  fits: (column: Column) => boolean = () => true,
  least = 0.6,
): Column | undefined {
  let best: Column | undefined;
  let most = least;
  for (const column of columns.filter(fits)) {
    const score = likeness(column.name, meaning);
    if (score > most || (score === most && best === undefined)) [best, most] = [column, score];
  }
  return best;
}

export const isTime = ({ type }: Column): boolean => type === 'date' || type === 'timestamp';
export const isNumber = ({ type, number }: Column): boolean =>
  (type === 'decimal' || type === 'integer') && number !== null;
export const isKey = ({ type }: Column): boolean =>
  ['text', 'id', 'integer', 'email', 'phone', 'enum'].includes(type);

/** `3 of 1,204` */
export const of = (some: number, all: number): string =>
  `${some.toLocaleString('en')} of ${all.toLocaleString('en')}`;
