/** The command line: finds the verb, reads its flags, prints its help, and turns what it throws into an exit code. */
import { hostname, userInfo } from 'node:os';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { catalogue, type ExitCode, exit, machineFailure, PointferryError } from '../ground/errors.ts';
import { createLog, printable } from '../ground/log.ts';
import { nearest } from '../ground/words.ts';
import type { Command, Context, Verb } from './command.ts';
import { globalOptions } from './global-options.ts';
import { help, overviewHelp } from './help.ts';
import type { Option, Options, Values } from './options.ts';
import { verbs } from './verbs.ts';
import { versionLine, versions } from './version.ts';

export interface Terminal {
  readonly out: NodeJS.WriteStream;
  readonly err: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/** What stands on the command line and in the variables, unread. */
type Typed = Readonly<Record<string, Parameters<Option<unknown>['read']>[0]>>;

/** Runs one command line. Never throws: what went wrong is printed, and the exit code tells it. */
export async function runCommandLine(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const json = argv.includes('--json') || fromEnv('json', globalOptions.json, terminal.env) === true;
  try {
    const places = wordPlaces(argv);
    if (argv[places[0] ?? -1] === 'help') {
      const words = places.slice(1).map((place) => argv[place] ?? '');
      terminal.out.write(await helpOf(words));
      return exit.ok;
    }
    return await runVerb(argv, places, terminal);
  } catch (error) {
    const { signal } = terminal;
    if (signal.aborted && error === signal.reason) return exit.interrupted; // asked to stop before there was a run
    return failed(error, terminal, json);
  }
}

/** `help`, `help run`, `help members import`. */
async function helpOf(words: readonly string[]): Promise<string> {
  if (words.length === 0) return overviewHelp();
  const { verb } = verbOf(words);
  return help(verb, (await verb.load()).default);
}

async function runVerb(
  argv: readonly string[],
  places: readonly number[],
  terminal: Terminal,
): Promise<ExitCode> {
  const { verb, length } = verbOf(places.map((place) => argv[place] ?? ''));
  const command = (await verb.load()).default;
  const rest = argv.filter((_word, place) => !places.slice(0, length).includes(place));
  const { typed, args } = parse(verb, command, rest, terminal.env);
  if (typed.help === true) {
    terminal.out.write(length === 0 ? overviewHelp() : help(verb, command));
    return exit.ok;
  }
  if (typed.version === true) {
    const found = versions();
    terminal.out.write(typed.json === true ? document(found) : `${versionLine(found)}\n`);
    return exit.ok;
  }
  const [min, max] = command.positionals;
  if (args.length < min || args.length > max) throw wrong(verb, `expected ${verb.usage || 'no arguments'}`);
  return await command.run(contextOf(verb, command, typed, args, terminal));
}

const home = 'home';

/** The verb that the words begin with, and how many of them name it. Without a word it is `home`. */
function verbOf(words: readonly string[]): { readonly verb: Verb; readonly length: number } {
  for (const length of [2, 1]) {
    const verb = words.length >= length && named(words.slice(0, length).join(' '));
    if (verb) return { verb, length };
  }
  const [word] = words;
  const verb = named(home);
  if (word === undefined && verb) return { verb, length: 0 };
  throw unknownVerb(word ?? '');
}

const named = (name: string): Verb | undefined => verbs.find((verb) => verb.name === name);

function unknownVerb(word: string): PointferryError {
  const names = verbs.map(({ name }) => name);
  const near = names.find((name) => name.startsWith(`${word} `)) ?? nearest(word, names);
  const maybe = near ? `; did you mean "${near}"?` : '';
  return new PointferryError('CONFIG_USAGE', `there is no verb "${printable(word)}"${maybe}`);
}

/** Where the words stand that are neither flags nor values of the flags that every verb takes. */
function wordPlaces(argv: readonly string[]): number[] {
  const global: Options = globalOptions;
  return argv.flatMap((word, place) => {
    const before = argv[place - 1] ?? '';
    const isValue = before.startsWith('--') && global[before.slice(2)]?.type === 'string';
    return word.startsWith('-') || isValue ? [] : [place];
  });
}

function parse(
  verb: Verb,
  command: Command,
  argv: string[],
  env: Terminal['env'],
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
function fromEnv(
  name: string,
  option: Pick<Option<unknown>, 'type'>,
  env: Terminal['env'],
): string | boolean | undefined {
  if (name === 'help' || name === 'version') return undefined;
  const value = env[`POINTFERRY_${name.toUpperCase().replaceAll('-', '_')}`];
  if (value === undefined || value === '') return undefined;
  return option.type === 'boolean' ? !/^(0|no|false)$/i.test(value) : value;
}

const wrong = (verb: Verb, message: string): PointferryError =>
  new PointferryError('CONFIG_USAGE', `${verb.name}: ${message}`, { hint: `pointferry ${verb.name} --help` });

function readAll<O extends Options>(options: O, typed: Typed, verb: Verb, cwd: string): Values<O> {
  const entries = Object.entries(options).map(([name, option]) => {
    const at = { cwd, wrong: (reason: string) => wrong(verb, `--${name}${reason}`) };
    return [name, option.read(typed[name], at)];
  });
  return Object.fromEntries(entries);
}

function contextOf(
  verb: Verb,
  command: Command,
  typed: Typed,
  args: string[],
  { out, err, env, cwd, signal }: Terminal,
): Context {
  const all = readAll(globalOptions, typed, verb, cwd);
  const { json } = all;
  return {
    args,
    flags: readAll(command.options, typed, verb, cwd),
    env,
    workdir: all.workdir,
    pipelines: all.pipelines,
    json,
    dryRun: all['dry-run'],
    yes: all.yes,
    actor: all.by ?? env.POINTFERRY_ACTOR ?? userName(),
    log: createLog(all['log-format'], all['log-level'], err),
    say: (line = '') => void (json || out.write(`${line}\n`)),
    document: (value) => void (json && out.write(document(value))),
    terminal: out.isTTY === true && !json && env.TERM !== 'dumb',
    width: Math.min(out.columns ?? 100, 100),
    signal,
  };
}

const document = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `someone@${hostname()}`; // an id without an entry in passwd, as in some containers
  }
}

/** What happened, where, why, and what to type next; under --json the same as a document. */
function failed(thrown: unknown, terminal: Terminal, json: boolean): ExitCode {
  const error = machineFailure(thrown) ?? thrown;
  if (!(error instanceof PointferryError)) {
    const at = error instanceof Error ? (error.stack ?? error.message) : String(error);
    terminal.err.write(`pointferry: internal error (a bug in Pointferry); nothing more was sent\n${at}\n`);
    if (json) terminal.out.write(document({ error: { code: 'BUG', exitCode: exit.bug } }));
    return exit.bug;
  }
  const { file, line, field } = error.where;
  const where = [file && basename(file), line && `line ${line}`, field]
    .filter(Boolean)
    .map(printable)
    .join(', ');
  terminal.err.write(`pointferry: ${error.code}: ${error.message}${where ? ` (${where})` : ''}\n`);
  if (error.hint) terminal.err.write(`  next: ${error.hint}\n`);
  if (json) {
    const { code, message, hint, exitCode } = error;
    const { family } = catalogue[code];
    terminal.out.write(document({ error: { code, message, where: error.where, family, hint, exitCode } }));
  }
  return error.exitCode;
}
