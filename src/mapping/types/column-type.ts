/** What a column type is. One file per type in this folder, its name in pipeline/mapping.ts, and a line in index.ts. */
import type { FieldDeclaration, FieldType } from '../../destinations/kind.ts';
import type { Code } from '../../ground/catalogue.ts';
import { column, type Sql, sql } from '../../ground/sql-text.ts';
import type { Reading } from '../../pipeline/mapping.ts';
import { at, type Context } from '../query.ts';

/** One text that is to become a value. */
export interface TextToRead<K extends keyof Reading> {
  readonly context: Context;
  /** Number and name of the columns that it adds to the query. */
  readonly number: number;
  readonly path: string;
  /** Column with the cleaned text; null where the cell is empty. */
  readonly text: Sql;
  /** The keys of the type, as the mapping states them. */
  readonly reading: Pick<Reading, K>;
  /** What the kind declares for the field. */
  readonly declared: FieldDeclaration | undefined;
  /** The source column, '' for several or none. */
  readonly source: string;
}

export interface TypedValue {
  /** Column of level `value`; null where the text is none of the type. */
  readonly value: Sql;
  /** What is wrong with a text that has no value, in words. */
  readonly reason: string;
  /** SQL of the code, where it is not always that of the type. */
  readonly code?: Sql;
}

/** Aggregates over the values of a group. */
export interface Order {
  readonly least: (value: Sql) => Sql;
  readonly most: (value: Sql) => Sql;
}

export interface ColumnType<K extends keyof Reading = keyof Reading> {
  /** For the guide: what it reads. */
  readonly about: string;
  /** Keys of a mapping that say how it is read, beside those that every text has. */
  readonly keys: readonly K[];
  /** Fields of kinds that are read as it where the mapping states no type. */
  readonly own: readonly FieldType[];
  /** Other fields that it can be stated for. Fields of text and enum take every type. */
  readonly fits?: readonly FieldType[];
  /** Of a text that is none of the type; null: every text is. */
  readonly code: Code | null;
  read(asked: TextToRead<K>): TypedValue;
  /** SQL of the text that is handed to the kind, checked and shown. */
  readonly text: (value: Sql) => Sql;
  /** The value is handed on as JSON and not as text. */
  readonly isJson?: true;
  /** It has a sign, and may be the value of an operation. */
  readonly isNumber?: true;
  /** How `take` and disagreeing rows of a group are decided; null: values are equal or not, and have no order. */
  readonly order: Order | null;
  /** SQL of the instant, where it can be a version. `zone` is SQL of its name. */
  readonly instant?: (value: Sql, zone: Sql) => Sql;
  /** SQL of the text that is hashed as content, instead of the cells. Frozen: see content.ts. */
  readonly content?: (value: Sql) => Sql;
  /** The same where the field is the operation's value. Frozen. */
  readonly contentOfValue?: (value: Sql) => Sql;
}

/** Checks a type: `read` gets the keys that it names, and no others. */
export const columnType = <const K extends keyof Reading>(type: ColumnType<K>): ColumnType<K> => type;

/** Adds the column of the typed value. */
export const putValue = ({ context, number, path }: TextToRead<never>, value: Sql): Sql =>
  context.levels.add(at.value, column('v', number, path), value);

export const byOrder: Order = {
  least: (value) => sql`min(${value})`,
  most: (value) => sql`max(${value})`,
};

/** Texts are compared byte by byte: the same order everywhere, and faster. */
export const byBytes: Order = {
  least: (value) => sql`min(${value} collate "C")`,
  most: (value) => sql`max(${value} collate "C")`,
};

export const asIs = (value: Sql): Sql => value;
export const castToText = (value: Sql): Sql => sql`${value}::text`;
