/** The command line: finds the verb, parses its flags, prints its help, and turns what it throws into an exit code. */
import { readdir } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { catalogue, type ExitCode, exit, machineFailure, PointferryError } from '../ground/errors.ts';
import { createLog, printable } from '../ground/log.ts';
import { nearest } from '../ground/words.ts';
import type { Command, Context, Flags, OptionSpec } from './command.ts';
import { help, overviewHelp } from './help.ts';

export interface Terminal {
  readonly out: NodeJS.WriteStream;
  readonly err: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/** Flags that every verb takes; each has a variable POINTFERRY_<NAME>. */
export const globalOptions: Readonly<Record<string, OptionSpec>> = {
  json: { type: 'boolean', help: 'one JSON document on stdout, logs on stderr' },
  'log-format': { type: 'string', value: 'pretty|json', help: 'how logs on stderr look', default: 'pretty' },
  'log-level': { type: 'string', value: 'LEVEL', help: 'debug, info, warn or error', default: 'warn' },
  pipelines: { type: 'string', value: 'DIR', help: 'where the pipeline files are', default: 'pipelines' },
  workdir: {
    type: 'string',
    value: 'DIR',
    help: 'where runs, temporary files and the embedded database go',
    default: '.pointferry',
  },
  'dry-run': { type: 'boolean', help: 'say what would be done; send nothing, change nothing' },
  yes: { type: 'boolean', help: 'agree beforehand to what would be asked' },
  by: { type: 'string', value: 'NAME', help: 'who is doing this (else POINTFERRY_ACTOR, else the user)' },
  help: { type: 'boolean', help: 'this text' },
};

/** A verb's file is called as the verb is typed, blanks as dashes; what has no command as its default export is no verb. */
async function loadCommand(name: string): Promise<Command | undefined> {
  const loaded = (await import(`./verbs/${name.replaceAll(' ', '-')}.ts`)) as { default?: Command };
  return loaded.default;
}

/** The names of all files in the folder of verbs. */
async function fileNames(): Promise<string[]> {
  const files = await readdir(join(import.meta.dirname, 'verbs'));
  return files.map((name) => name.replace(/\.ts$/, '')).sort();
}

async function loadCommands(): Promise<Command[]> {
  const commands = await Promise.all((await fileNames()).map(loadCommand));
  return commands.flatMap((command) => (command ? [command] : []));
}

/** Runs one command line. Never throws: what went wrong is printed, and the exit code says it. */
export async function runCommandLine(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const json = argv.includes('--json');
  try {
    const [command, rest] = await find(argv);
    if (!command) return await overview(await loadCommands(), argv, terminal);
    const { flags, args } = parse(command, rest, terminal.env);
    if (flags.help === true) {
      terminal.out.write(help(command, globalOptions));
      return exit.ok;
    }
    const [min, max] = command.positionals;
    if (args.length < min || args.length > max)
      throw usage(`${command.name}: expected ${command.usage || 'nothing'}`, command);
    return await command.run(context(flags, args, terminal));
  } catch (error) {
    const { signal } = terminal;
    if (signal.aborted && error === signal.reason) return exit.interrupted; // asked to stop before there was a run
    return failed(error, terminal, json);
  }
}

/** The verb among the words: two words first (`members import`). Only its own file is loaded: starting costs time. */
async function find(argv: readonly string[]): Promise<[Command | undefined, string[]]> {
  const places = wordPlaces(argv);
  const files = new Set(await fileNames());
  for (const length of [2, 1]) {
    const verb = places.slice(0, length);
    const name = verb.map((place) => argv[place]).join(' ');
    if (verb.length < length || !files.has(name.replaceAll(' ', '-'))) continue;
    const command = await loadCommand(name);
    if (command?.name === name) return [command, argv.filter((_word, place) => !verb.includes(place))];
  }
  return [undefined, [...argv]];
}

/** Where the words stand that are neither flags nor the values of flags that every verb takes. */
function wordPlaces(argv: readonly string[]): number[] {
  return argv.flatMap((word, place) => {
    const before = argv[place - 1] ?? '';
    const isValue = before.startsWith('--') && globalOptions[before.slice(2)]?.type === 'string';
    return word.startsWith('-') || isValue ? [] : [place];
  });
}

async function overview(
  commands: readonly Command[],
  argv: readonly string[],
  terminal: Terminal,
): Promise<ExitCode> {
  const word = argv[wordPlaces(argv)[0] ?? -1];
  if (word !== undefined && word !== 'help') {
    const near = nearest(
      word,
      commands.map((command) => command.name),
    );
    throw new PointferryError(
      'CONFIG_USAGE',
      `there is no verb "${printable(word)}"${near ? `; did you mean "${near}"?` : ''}`,
    );
  }
  const home = commands.find((command) => command.name === 'home');
  if (argv.includes('--help') || word === 'help' || !home) {
    terminal.out.write(overviewHelp(commands));
    return exit.ok;
  }
  const { flags, args } = parse(home, [...argv], terminal.env);
  return home.run(context(flags, args, terminal));
}

function parse(command: Command, argv: string[], env: Terminal['env']): { flags: Flags; args: string[] } {
  const options = { ...globalOptions, ...command.options };
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      strict: true,
      options: Object.fromEntries(
        Object.entries(options).map(([name, { type, multiple }]) => [
          name,
          { type, multiple: multiple ?? false },
        ]),
      ),
    });
    const flags: Record<string, Flags[string]> = { ...values };
    for (const [name, option] of Object.entries(options))
      flags[name] ??= fromEnv(name, option, env) ?? option.default;
    return { flags, args: positionals };
  } catch (error) {
    const unknown = /'(--?[^'\s]+)/.exec(error instanceof Error ? error.message : '')?.[1] ?? '';
    const near = nearest(unknown.replace(/^-+/, ''), Object.keys(options));
    const said = error instanceof Error ? error.message.split('. ')[0] : String(error);
    throw usage(
      `${command.name}: ${said}${near && unknown && !(unknown.slice(2) in options) ? `; did you mean --${near}?` : ''}`,
      command,
    );
  }
}

function fromEnv(name: string, option: OptionSpec, env: Terminal['env']): string | boolean | undefined {
  const value = env[`POINTFERRY_${name.toUpperCase().replaceAll('-', '_')}`];
  if (value === undefined || value === '') return undefined;
  return option.type === 'boolean' ? !/^(0|no|false)$/i.test(value) : value;
}

const usage = (message: string, command: Command): PointferryError =>
  new PointferryError('CONFIG_USAGE', message, { hint: `pointferry ${command.name} --help` });

function context(flags: Flags, args: string[], terminal: Terminal): Context {
  const { out, err, env, cwd, signal } = terminal;
  const json = flags.json === true;
  const level = String(flags['log-level']);
  if (!['debug', 'info', 'warn', 'error'].includes(level))
    throw new PointferryError('CONFIG_USAGE', `--log-level: expected debug, info, warn or error`);
  return {
    args,
    flags,
    env,
    workdir: resolve(cwd, String(flags.workdir)),
    pipelines: resolve(cwd, String(flags.pipelines)),
    json,
    dryRun: flags['dry-run'] === true,
    yes: flags.yes === true,
    actor: String(flags.by ?? env.POINTFERRY_ACTOR ?? userName()),
    log: createLog(flags['log-format'] === 'json' ? 'json' : 'pretty', level as 'warn', err),
    say: (line = '') => void (json || out.write(`${line}\n`)),
    document: (value) => void (json && out.write(`${JSON.stringify(value, null, 2)}\n`)),
    terminal: out.isTTY === true && !json && env.TERM !== 'dumb',
    width: Math.min(out.columns ?? 100, 100),
    signal,
  };
}

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
    terminal.err.write(`pointferry: a bug of ours; nothing further is sent.\n${at}\n`);
    if (json)
      terminal.out.write(`${JSON.stringify({ error: { code: 'BUG', exitCode: exit.bug } }, null, 2)}\n`);
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
    const document = {
      error: { code, message, where: error.where, family: catalogue[code].family, hint, exitCode },
    };
    terminal.out.write(`${JSON.stringify(document, null, 2)}\n`);
  }
  return error.exitCode;
}
