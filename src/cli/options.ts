/** The options of verbs: each maker says what help shows, and reads what was typed into a typed value. */
import { resolve } from 'node:path';
import { isDuration, milliseconds } from '../ground/duration.ts';
import type { PointferryError } from '../ground/errors.ts';
import { isDay } from '../ground/words.ts';

/** As parsed: undefined where the flag was not typed and its variable is not set. */
type Typed = string | boolean | readonly (string | boolean)[] | undefined;

export interface ReadAt {
  /** The folder that relative paths start from. */
  readonly cwd: string;
  /** Makes the error; `reason` follows the name of the flag: `: expected a number`, ` is missing`. */
  readonly wrong: (reason: string) => PointferryError;
}

export interface Option<T> {
  readonly type: 'string' | 'boolean';
  readonly multiple?: true;
  readonly short?: string;
  /** Help shows this word for the value, such as FILE. */
  readonly value?: string;
  readonly help: string;
  /** What completion offers for the value. */
  readonly choices?: readonly string[];
  readonly read: (typed: Typed, at: ReadAt) => T;
}

export type Options = Readonly<Record<string, Option<unknown>>>;

/** The values of `O`, by the names of the flags. */
export type Values<O extends Options> = {
  readonly [Name in keyof O]: O[Name] extends Option<infer T> ? T : never;
};

/** An option with one value: `read` is called when there is one. */
function valued<T>(
  help: string,
  value: string,
  read: (text: string, at: ReadAt) => T,
): Option<T | undefined> {
  return {
    type: 'string',
    value,
    help,
    read: (typed, at) => (typeof typed === 'string' ? read(typed, at) : undefined),
  };
}

export const flag = (help: string): Option<boolean> => ({
  type: 'boolean',
  help,
  read: (typed) => typed === true,
});

export const text = (help: string, value = 'TEXT'): Option<string | undefined> =>
  valued(help, value, (typed) => typed);

/** A text that is kept for people: without blanks around it, and undefined when nothing is left. */
export const note = (help: string): Option<string | undefined> =>
  valued(help, 'TEXT', (typed) => typed.trim() || undefined);

/** May be typed several times. */
export const texts = (help: string, value: string): Option<readonly string[]> => ({
  type: 'string',
  multiple: true,
  value,
  help,
  read: (typed) => {
    const all = Array.isArray(typed) ? typed : [typed];
    return all.filter((each): each is string => typeof each === 'string');
  },
});

/** An absolute path. */
export const file = (help: string): Option<string | undefined> =>
  valued(help, 'FILE', (typed, { cwd }) => resolve(cwd, typed));

export const folder = (help: string): Option<string | undefined> => ({ ...file(help), value: 'DIR' });

/** Absolute paths; may be typed several times. */
export function files(help: string): Option<readonly string[]> {
  const each = texts(help, 'FILE');
  return { ...each, read: (typed, at) => each.read(typed, at).map((name) => resolve(at.cwd, name)) };
}

/** A whole number from 1. `expected` names it in the message. */
export const count = (
  help: string,
  { expected, least = 1, most = 999_999_999 }: { expected: string; least?: number; most?: number },
): Option<number | undefined> =>
  valued(help, 'N', (typed, { wrong }) => {
    const number = /^\d{1,9}$/.test(typed) ? Number(typed) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw wrong(`: expected ${expected}`);
  });

export const choice = <const C extends string>(
  help: string,
  value: string,
  choices: readonly C[],
): Option<C | undefined> => ({
  ...valued(help, value, (typed, { wrong }) => {
    const chosen = choices.find((each) => each === typed);
    if (chosen !== undefined) return chosen;
    throw wrong(`: expected ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`);
  }),
  choices,
});

/** A day of the calendar. */
export const date = (help: string): Option<string | undefined> =>
  valued(help, 'DATE', (typed, { wrong }) => {
    if (isDay(typed)) return typed;
    throw wrong(': expected a day, yyyy-mm-dd');
  });

/** An instant in ISO 8601, from an instant, a date, or how long ago it is. */
export const since = (help: string): Option<string | undefined> =>
  valued(help, 'TIME', (typed, { wrong }) => {
    if (isDuration(typed)) return new Date(Date.now() - milliseconds(typed)).toISOString();
    const at = /^\d{4}-\d{2}-\d{2}(T[\d:.]+Z?)?$/.test(typed) ? new Date(typed) : null;
    if (at !== null && !Number.isNaN(at.getTime())) return at.toISOString();
    throw wrong(': expected how long ago (2h), a date or an instant (2026-05-12T03:00:00Z)');
  });

export const rowId = (help: string): Option<{ readonly file: number; readonly record: number } | undefined> =>
  valued(help, 'ROW', (typed, { wrong }) => {
    const place = /^(\d{1,15})-(\d{1,15})$/.exec(typed);
    if (place) return { file: Number(place[1]), record: Number(place[2]) };
    throw wrong(': expected a row id such as 12-345, as errors.csv has it');
  });

/** The verb cannot do without it. `reason` follows the name of the flag. */
export const required = <T>(
  option: Option<T | undefined>,
  reason = ' is missing',
): Option<T> & { readonly required: true } => ({
  ...option,
  required: true,
  read: (typed, at) => {
    const value = option.read(typed, at);
    if (value !== undefined) return value;
    throw at.wrong(reason);
  },
});

/** What is read where nothing was typed; help shows it. */
export const defaulted = <T>(option: Option<T | undefined>, fallback: string): Option<T> => ({
  ...option,
  help: `${option.help} (default ${fallback})`,
  read: (typed, at) => option.read(typed ?? fallback, at) as T,
});
