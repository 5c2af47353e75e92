/** What a verb is: its line in the list (verbs.ts), and the command in its file. */
import type { ExitCode } from '../ground/exit.ts';
import type { Log } from '../ground/log.ts';
import type { Options, Values } from './options.ts';

export interface Verb {
  /** As typed: 'run', 'members import'. */
  readonly name: string;
  /** The positional part of the usage line, such as '<pipeline>'. */
  readonly usage: string;
  /** One imperative line of at most 60 characters, without a comma. */
  readonly summary: string;
  /** Only the verb that is typed is loaded: starting costs time. */
  readonly load: () => Promise<{ readonly default: Command }>;
}

export interface Section {
  readonly title: string;
  readonly verbs: readonly Verb[];
}

export interface Command<O extends Options = Options> {
  /** What help says below the summary: sentences. */
  readonly description: string;
  /** At least and at most this many positional arguments. */
  readonly positionals: readonly [min: number, max: number];
  readonly examples: readonly (readonly [command: string, says: string])[];
  readonly options: O;
  /** A method, so that a command with options of its own is a `Command` too. */
  run(context: Context<Values<O>>): Promise<ExitCode>;
}

/** Gives the types of the options to `run`. */
export const verb = <O extends Options>(command: Command<O>): Command<O> => command;

export interface Context<F = Readonly<Record<string, unknown>>> {
  readonly args: readonly string[];
  /** The verb's own options, read. */
  readonly flags: F;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly workdir: string;
  /** The folder of pipelines, absolute. */
  readonly pipelines: string;
  readonly json: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
  /** Who types: --by, POINTFERRY_ACTOR, else the user. */
  readonly actor: string;
  readonly log: Log;
  /** A line on stdout for people; nothing under --json. */
  readonly say: (line?: string) => void;
  /** The one document on stdout under --json; nothing otherwise. */
  readonly document: (value: unknown) => void;
  /** stdout is a terminal that may be redrawn and coloured. */
  readonly terminal: boolean;
  readonly width: number;
  /** Aborted by the first SIGTERM or SIGINT: stop cleanly. */
  readonly signal: AbortSignal;
}
