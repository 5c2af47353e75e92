/** Scripts that complete a command line in bash and zsh. They hold all verbs and flags: no process starts per key. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Verb } from './command.ts';
import { globalOptions } from './global-options.ts';
import type { Option, Options } from './options.ts';

/** What can follow a verb, or the beginning of one. */
interface Completable {
  readonly name: string;
  /** As in usage: `<pipeline>`, `[run]`; else words to choose from. */
  readonly argument: string;
  readonly options: Options;
}

export async function completionScript(shell: 'bash' | 'zsh', verbs: readonly Verb[]): Promise<string> {
  const all = [...beginnings(verbs), ...(await Promise.all(verbs.map(completable)))];
  const walk = readFileSync(join(import.meta.dirname, 'completion.sh'), 'utf8');
  return shells[shell](`${walk}\n${tables(all, prefixesOf(verbs))}`);
}

async function completable({ name, usage, load }: Verb): Promise<Completable> {
  const command = (await load()).default;
  return { name, argument: usage.replaceAll('|', ' '), options: { ...command.options, ...globalOptions } };
}

/** `members` of `members import`. */
const prefixesOf = (verbs: readonly Verb[]): string[] => [
  ...new Set(verbs.flatMap(({ name }) => /^(\S+) /.exec(name)?.[1] ?? [])),
];

/** What is typed before a verb is complete: nothing, `help`, `members`. */
function beginnings(verbs: readonly Verb[]): Completable[] {
  const words = [...new Set(verbs.map(({ name }) => name.replace(/ .*/, '')))].join(' ');
  const seconds = (prefix: string): string =>
    verbs
      .flatMap(({ name }) => (name.startsWith(`${prefix} `) ? [name.slice(prefix.length + 1)] : []))
      .join(' ');
  return [
    { name: '', argument: `${words} help` },
    { name: 'help', argument: words },
    ...prefixesOf(verbs).map((prefix) => ({ name: prefix, argument: seconds(prefix) })),
  ].map((each) => ({ ...each, options: globalOptions }));
}

/** The tables that completion.sh looks verbs up in. */
function tables(all: readonly Completable[], prefixes: readonly string[]): string {
  const verbs = all.map(({ name, argument, options }) => {
    const valued = flagsOf(options, ({ type }) => type === 'string');
    return `    '${name}') flags='${flagsOf(options)}' valued=' ${valued} ' argument='${argument}' ;;`;
  });
  const choices = all.flatMap(({ name, options }) =>
    Object.entries(options).flatMap(([flag, option]) =>
      option.choices ? [`    '${name} --${flag}') choices='${option.choices.join(' ')}' ;;`] : [],
    ),
  );
  return [
    '_pointferry_verb() {',
    '  case "$1" in',
    ...verbs,
    `    *) flags='' valued=' ' argument='' ;;`,
    '  esac',
    '}',
    '',
    '_pointferry_choices() {',
    '  case "$1" in',
    ...choices,
    `    *) choices='' ;;`,
    '  esac',
    '}',
    '',
    `_pointferry_begins() { case "$1" in ${prefixes.join(' | ')}) return 0 ;; *) return 1 ;; esac; }`,
  ].join('\n');
}

const flagsOf = (options: Options, which: (option: Option<unknown>) => boolean = () => true): string =>
  Object.entries(options)
    .flatMap(([name, option]) => (which(option) ? [`--${name}`] : []))
    .join(' ');

const shells: Readonly<Record<'bash' | 'zsh', (script: string) => string>> = {
  bash: (script) => `# bash completion of pointferry
${script}

_pointferry() {
  local typed offered
  _pointferry_offer "\${COMP_WORDS[@]:1:COMP_CWORD}"
  COMPREPLY=($(compgen -W "$offered" -- "$typed"))
}

complete -o bashdefault -o default -F _pointferry pointferry`,
  // loaded by compinit from a file called _pointferry, or sourced
  zsh: (script) => `#compdef pointferry
${script}

_pointferry() {
  local typed offered
  _pointferry_offer "\${(@)words[2,CURRENT]}"
  if [ -n "$offered" ]; then compadd -- \${=offered}; else _files; fi
}

if [ "\${funcstack[1]}" = _pointferry ]; then _pointferry "$@"; else compdef _pointferry pointferry; fi`,
};
