/** The command line: finds the verb, reads its flags, prints its help, and turns what it throws into an exit code. */
import { hostname, userInfo } from 'node:os';
import { basename } from 'node:path';
import { catalogue } from '../ground/catalogue.ts';
import { machineFailure, PointferryError } from '../ground/errors.ts';
import { type ExitCode, exit } from '../ground/exit.ts';
import { createLog, printable } from '../ground/log.ts';
import type { Command, Context, Verb } from './command.ts';
import { verbOf, wordPlaces } from './find-verb.ts';
import { globalOptions } from './global-options.ts';
import { help, overviewHelp } from './help.ts';
import { fromEnv, parse, readAll, type Typed, wrong } from './parse.ts';
import { versionLine, versions } from './version.ts';

export interface Terminal {
  readonly out: NodeJS.WriteStream;
  readonly err: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/** Runs one command line. Never throws: errors are printed and become the exit code. */
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
    if (signal.aborted && error === signal.reason) return exit.interrupted; // stopped before a run began
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
