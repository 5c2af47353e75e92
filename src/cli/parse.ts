/** Parses the flags of a verb, from the command line and from variables, and reads them into values. */
import { parseArgs } from 'node:util';
import type { Environment } from '../ground/environment.ts';
import { PointferryError } from '../ground/errors.ts';
import { nearest } from '../ground/words.ts';
import type { Command, Verb } from './command.ts';
import { globalOptions } from './global-options.ts';
import type { Option, Options, Values } from './options.ts';

/** Flags as parsed, by name; the options have not read them yet. */
export type Typed = Readonly<Record<string, Parameters<Option<unknown>['read']>[0]>>;

export function parse(
  verb: Verb,
  command: Command,
  argv: string[],
  env: Environment,
): { typed: Typed; args: string[] } {
  const options: Options = { ...globalOptions, ...command.options };
  const known = Object.entries(options).map(([name, { type, multiple, short }]) => [
    name,
    { type, multiple: multiple ?? false, ...(short === undefined ? {} : { short }) },
  ]);
  try {
    const parsed = parseArgs({
      args: argv,
      allowPositionals: true,
      strict: true,
      options: Object.fromEntries(known),
    });
    const values: Typed = parsed.values;
    const entries = Object.entries(options).map(([name, option]) => [
      name,
      values[name] ?? fromEnv(name, option, env),
    ]);
    return { typed: Object.fromEntries(entries), args: parsed.positionals };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw wrong(verb, `${message.split('. ')[0]}${suggestion(message, Object.keys(options))}`);
  }
}

/** The flag that was meant, for one that `parseArgs` does not know. */
function suggestion(message: string, names: readonly string[]): string {
  const unknown = /'--([^'\s=]+)/.exec(message)?.[1];
  if (unknown === undefined || names.includes(unknown)) return '';
  const near = nearest(unknown, names);
  return near ? `; did you mean --${near}?` : '';
}

/** Every flag has a variable POINTFERRY_<NAME>, except those that replace the work of the verb: --help and --version. */
export function fromEnv(
  name: string,
  option: Pick<Option<unknown>, 'type'>,
  env: Environment,
): string | boolean | undefined {
  if (name === 'help' || name === 'version') return undefined;
  const value = env[`POINTFERRY_${name.toUpperCase().replaceAll('-', '_')}`];
  if (value === undefined || value === '') return undefined;
  return option.type === 'boolean' ? !/^(0|no|false)$/i.test(value) : value;
}

export const wrong = (verb: Verb, message: string): PointferryError =>
  new PointferryError('CONFIG_USAGE', `${verb.name}: ${message}`, { hint: `pointferry ${verb.name} --help` });

export function readAll<O extends Options>(options: O, typed: Typed, verb: Verb, cwd: string): Values<O> {
  const entries = Object.entries(options).map(([name, option]) => {
    const at = { cwd, wrong: (reason: string) => wrong(verb, `--${name}${reason}`) };
    return [name, option.read(typed[name], at)];
  });
  return Object.fromEntries(entries);
}
