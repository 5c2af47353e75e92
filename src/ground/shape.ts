/**
 * What a literal must look like: small checks that are put together. They report, and never throw, so that a person sees
 * every mistake at once.
 */
import { didYouMean } from './words.ts';

/** One mistake: the key path it stands under (`columns.value.from`), and what is wrong. */
export interface Fault {
  readonly path: string;
  readonly reason: string;
}

export type Report = (path: string, reason: string) => void;
export type Check = (value: unknown, path: string, report: Report) => void;
/** A key of an object; `required` ones must be there. */
export interface Key {
  readonly check: Check;
  readonly required?: boolean;
}

export type Dictionary = Readonly<Record<string, unknown>>;
export const isRecord = (value: unknown): value is Dictionary =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const said = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
};

/** A value that `test` accepts; `wanted` says what was expected. */
export function that(wanted: string, test: (value: unknown) => boolean): Check {
  return (value, path, report) => {
    if (!test(value)) report(path, `${said(value)} is not ${wanted}`);
  };
}

export const text = that('a text', (value) => typeof value === 'string' && value !== '');
export const anyText = that('a text', (value) => typeof value === 'string');
export const flag = that('true or false', (value) => typeof value === 'boolean');
export const count = that('a whole number from 0', (value) => Number.isInteger(value) && Number(value) >= 0);
export const positive = that(
  'a whole number from 1',
  (value) => Number.isInteger(value) && Number(value) >= 1,
);
export const exactly = (wanted: unknown): Check => that(said(wanted), (value) => value === wanted);

export function oneOf(...words: readonly string[]): Check {
  return (value, path, report) => {
    if (typeof value === 'string' && words.includes(value)) return;
    const near = typeof value === 'string' ? didYouMean(value, words) : '';
    report(path, `${said(value)} is not one of ${words.join(', ')}${near}`);
  };
}

export function list(of: Check, least = 0): Check {
  return (value, path, report) => {
    if (!Array.isArray(value)) return report(path, `${said(value)} is not a list`);
    if (value.length < least) report(path, 'is empty');
    for (const [index, item] of value.entries()) of(item, `${path}[${index}]`, report);
  };
}

/** Any names, all values alike. */
export function dictionary(of: Check): Check {
  return (value, path, report) => {
    if (!isRecord(value)) return report(path, `${said(value)} is not an object`);
    for (const [key, item] of Object.entries(value)) of(item, join(path, key), report);
  };
}

export function object(keys: Readonly<Record<string, Key | Check>>): Check {
  return (value, path, report) => {
    if (!isRecord(value)) return report(path, `${said(value)} is not an object`);
    for (const key of Object.keys(value)) {
      if (!Object.hasOwn(keys, key))
        report(join(path, key), `there is no key "${key}" here${didYouMean(key, Object.keys(keys))}`);
    }
    for (const [key, entry] of Object.entries(keys)) {
      const { check, required } = typeof entry === 'function' ? { check: entry, required: false } : entry;
      if (value[key] !== undefined) check(value[key], join(path, key), report);
      else if (required) report(path === '' ? key : path, `${key} is missing`);
    }
  };
}

/** The first check whose `when` fits. */
export function choose(
  wanted: string,
  ...choices: readonly { readonly when: (value: unknown) => boolean; readonly use: Check }[]
): Check {
  return (value, path, report) => {
    const choice = choices.find(({ when }) => when(value));
    if (choice === undefined) report(path, `${said(value)} is not ${wanted}`);
    else choice.use(value, path, report);
  };
}

export const isText = (value: unknown): value is string => typeof value === 'string';
export const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
export const has =
  (key: string) =>
  (value: unknown): boolean =>
    isRecord(value) && value[key] !== undefined;

export const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);
