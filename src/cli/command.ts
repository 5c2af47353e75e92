/** What a verb is: one file in this folder, whose default export is a `Command`. Adding one edits nothing else. */
import type { ParseArgsOptionDescriptor } from 'node:util';
import type { ExitCode } from '../ground/errors.ts';
import type { Log } from '../ground/log.ts';

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  readonly multiple?: boolean;
  /** Shown in --help; the word for the value, e.g. 'FILE'. */
  readonly value?: string;
  readonly help: string;
  readonly default?: NonNullable<ParseArgsOptionDescriptor['default']>;
}

export interface Command {
  /** As typed: 'run', 'members import'. */
  readonly name: string;
  readonly summary: string;
  /** Positional part of the usage line, e.g. '<pipeline>'. */
  readonly usage: string;
  /** At least and at most so many positional arguments. */
  readonly positionals: readonly [min: number, max: number];
  readonly examples: readonly (readonly [command: string, says: string])[];
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Not listed in the overview. */
  readonly hidden?: boolean;
  readonly run: (context: Context) => Promise<ExitCode>;
}

/** Values of the flags as parsed; read with the helpers below. */
export type Flags = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

export interface Context {
  readonly args: readonly string[];
  readonly flags: Flags;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly workdir: string;
  /** Absolute; of the person's pipelines. */
  readonly pipelines: string;
  readonly json: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
  /** Who: --by, POINTFERRY_ACTOR, else the user. */
  readonly actor: string;
  readonly log: Log;
  /** A line on stdout (people), suppressed under --json. */
  readonly say: (line?: string) => void;
  /** The one document on stdout under --json; nothing otherwise. */
  readonly document: (value: unknown) => void;
  /** stdout is a terminal, and redraws and colours are welcome. */
  readonly terminal: boolean;
  readonly width: number;
  /** Aborted by the first SIGTERM or SIGINT: stop cleanly. */
  readonly signal: AbortSignal;
}

export const text = (flags: Flags, name: string): string | undefined => {
  const value = flags[name];
  return typeof value === 'string' ? value : undefined;
};
export const yes = (flags: Flags, name: string): boolean => flags[name] === true;
export const texts = (flags: Flags, name: string): readonly string[] => {
  const value = flags[name];
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
};
