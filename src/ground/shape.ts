/**
 * What a literal must look like: small checks that are put together. They report, and never throw, so that every mistake is
 * seen at once. A check knows the type of what it accepts: `Infer<typeof check>`.
 */
import { didYouMean } from './words.ts';

/** One mistake: the key path it stands under (`columns.value.from`), and what is wrong. */
export interface Fault {
  readonly path: string;
  readonly reason: string;
}

export type Report = (path: string, reason: string) => void;
declare const accepted: unique symbol;
/** Only the compiler knows of `accepted`: no check has such a key. */
export interface Check<out T = unknown> {
  (value: unknown, path: string, report: Report): void;
  readonly [accepted]?: () => T;
}
/** A key that must be there. */
export interface Needed<out T = unknown> {
  readonly needed: Check<T>;
}
export const needed = <T>(check: Check<T>): Needed<T> => ({ needed: check });

export type Keys = Readonly<Record<string, Check | Needed>>;
/** The type of what a check accepts. */
export type Infer<C> = C extends Check<infer T> ? T : never;
type NeededKeys<K> = { [N in keyof K]: K[N] extends Needed ? N : never }[keyof K];
type AllOf<K, N extends keyof K> = { [P in N]: K[P] extends Needed<infer T> ? T : never };
type SomeOf<K, N extends keyof K> = { [P in N]?: Infer<K[P]> };
type Flat<T> = { readonly [N in keyof T]: T[N] } & unknown;
/** The type of an object with such keys. Mapped key by key, so that editors show the comment of a key. */
export type InferKeys<K> = Flat<AllOf<K, NeededKeys<K>> & SomeOf<K, Exclude<keyof K, NeededKeys<K>>>>;

export type Dictionary = Readonly<Record<string, unknown>>;
export const isRecord = (value: unknown): value is Dictionary =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const said = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
};

/** A value that `test` accepts; `wanted` says what was expected. */
export function that<T>(wanted: string, test: (value: unknown) => boolean): Check<T> {
  return (value, path, report) => {
    if (!test(value)) report(path, `${said(value)} is not ${wanted}`);
  };
}

export const text = that<string>('a text', (value) => typeof value === 'string' && value !== '');
export const anyText = that<string>('a text', (value) => typeof value === 'string');
export const flag = that<boolean>('true or false', (value) => typeof value === 'boolean');
export const count = that<number>(
  'a whole number from 0',
  (value) => Number.isInteger(value) && Number(value) >= 0,
);
export const positive = that<number>(
  'a whole number from 1',
  (value) => Number.isInteger(value) && Number(value) >= 1,
);
export const exactly = <const T>(wanted: T): Check<T> => that(said(wanted), (value) => value === wanted);

export function oneOf<const W extends string>(...words: readonly W[]): Check<W> {
  return (value, path, report) => {
    if (typeof value === 'string' && words.some((word) => word === value)) return;
    const near = typeof value === 'string' ? didYouMean(value, words) : '';
    report(path, `${said(value)} is not one of ${words.join(', ')}${near}`);
  };
}

export function list<T>(of: Check<T>, least = 0): Check<readonly T[]> {
  return (value, path, report) => {
    if (!Array.isArray(value)) return report(path, `${said(value)} is not a list`);
    if (value.length < least) report(path, 'is empty');
    for (const [index, item] of value.entries()) of(item, `${path}[${index}]`, report);
  };
}

/** Any names, all values alike. */
export function dictionary<T>(of: Check<T>): Check<Readonly<Record<string, T>>> {
  return (value, path, report) => {
    if (!isRecord(value)) return report(path, `${said(value)} is not an object`);
    for (const [key, item] of Object.entries(value)) of(item, join(path, key), report);
  };
}

export function object<const K extends Keys>(keys: K): Check<InferKeys<K>> {
  return (value, path, report) => {
    if (!isRecord(value)) return report(path, `${said(value)} is not an object`);
    for (const key of Object.keys(value)) {
      if (!Object.hasOwn(keys, key))
        report(join(path, key), `there is no key "${key}" here${didYouMean(key, Object.keys(keys))}`);
    }
    for (const [key, entry] of Object.entries(keys)) {
      const check = 'needed' in entry ? entry.needed : entry;
      if (value[key] !== undefined) check(value[key], join(path, key), report);
      else if ('needed' in entry) report(path === '' ? key : path, `${key} is missing`);
    }
  };
}

interface Choice<T> {
  readonly when: (value: unknown) => boolean;
  readonly use: Check<T>;
}

/** The first check whose `when` fits. */
export function choose<T>(wanted: string, ...choices: readonly Choice<T>[]): Check<T> {
  return (value, path, report) => {
    const choice = choices.find(({ when }) => when(value));
    if (choice === undefined) report(path, `${said(value)} is not ${wanted}`);
    else choice.use(value, path, report);
  };
}

export const texts = list(anyText);

export const isText = (value: unknown): value is string => typeof value === 'string';
export const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
export const has =
  (key: string) =>
  (value: unknown): boolean =>
    isRecord(value) && value[key] !== undefined;

export const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);
