/** Scripts that complete a command line in bash and zsh. They hold all verbs and flags: no process starts per key. */
import type { Verb } from './command.ts';
import { globalOptions } from './global-options.ts';
import type { Options } from './options.ts';

export interface Completable {
  readonly verb: Verb;
  readonly options: Options;
}

export const completable = (verbs: readonly Verb[]): Promise<Completable[]> =>
  Promise.all(
    verbs.map(async (verb) => {
      const command = (await verb.load()).default;
      return { verb, options: { ...command.options, ...globalOptions } };
    }),
  );

const flagsOf = (options: Options, which: (option: Options[string]) => boolean = () => true): string =>
  Object.entries(options)
    .filter(([, option]) => which(option))
    .map(([name]) => `--${name}`)
    .join(' ');

/** What the first argument of the verb is: `pipeline`, `run`, `account`, `csv`, or the words of `bash|zsh`. */
const argumentOf = ({ usage }: Verb): string => usage.replace(/[<>[\]]/g, '').replaceAll('|', ' ');

const firstWords = (all: readonly Completable[]): string =>
  [...new Set(all.map(({ verb }) => verb.name.replace(/ .*/, '')))].join(' ');

/** Per verb: its flags, those with a value, and its argument. The same text serves both shells. */
const tableOf = (all: readonly Completable[]): string =>
  all
    .map(
      ({ verb, options }) =>
        `    '${verb.name}') flags='${flagsOf(options)}' valued=' ${flagsOf(options, ({ type }) => type === 'string')} ' argument='${argumentOf(verb)}' ;;`,
    )
    .join('\n');

/** Values to choose from: `'settle --as') …`. */
const choicesOf = (all: readonly Completable[]): string =>
  [...all.map(({ verb, options }) => ({ name: verb.name, options })), { name: '', options: globalOptions }]
    .flatMap(({ name: verb, options }: { name: string; options: Options }) =>
      Object.entries(options).flatMap(([name, { choices }]) =>
        choices ? [`    '${verb} --${name}') choices='${choices.join(' ')}' ;;`] : [],
      ),
    )
    .join('\n');

const tables = (all: readonly Completable[]): string => `_pointferry_verb() {
  case "$1" in
${tableOf(all)}
    *) flags='${flagsOf(globalOptions)}' valued=' ${flagsOf(globalOptions, ({ type }) => type === 'string')} ' argument='' ;;
  esac
}

_pointferry_choices() {
  case "$1" in
${choicesOf(all)}
    *) choices='' ;;
  esac
}

# The names of the files in a folder: $2 is what follows each name.
_pointferry_names() {
  local file
  for file in "$1"/*.ts; do
    [ -f "$file" ] || continue
    file="\${file##*/}"
    printf '%s%s ' "\${file%.ts}" "$2"
  done
}

# Words for an argument; nothing means the shell's own file names.
_pointferry_argument() {
  case "$1" in
    pipeline) _pointferry_names "$2" '' ;;
    run) _pointferry_names "$2" @last ;;
    account) _pointferry_names "$2/accounts" '' ;;
    csv | value) ;;
    *) printf '%s' "$1" ;;
  esac
}
`;

/** The two shells differ in how they number words (\`first\`) and in how they take an answer (\`give\`). */
const walk = (all: readonly Completable[], { first, words }: { first: number; words: string }): string => {
  const seconds = all.flatMap(({ verb }) => /^(\S+) /.exec(verb.name)?.[1] ?? []);
  return `  local flags valued argument choices word verb='' arguments=0 folder="\${POINTFERRY_PIPELINES:-pipelines}"
  local i=${first}
  _pointferry_verb ''
  while [ "$i" -lt "$current" ]; do
    word="\${${words}[i]}"
    case "$word" in
      --pipelines) i=$((i + 1)); folder="\${${words}[i]}" ;;
      -*) case "$valued" in *" $word "*) i=$((i + 1)) ;; esac ;;
      *)
        case "$verb" in
          '') verb="$word" ;;
          ${seconds.join(' | ')}) verb="$verb $word" ;;
          *) arguments=$((arguments + 1)) ;;
        esac
        _pointferry_verb "$verb"
        ;;
    esac
    i=$((i + 1))
  done
  choices=''
  case "$valued" in *" $previous "*) _pointferry_choices "$verb $previous"; _pointferry_give "$choices"; return ;; esac
  case "$typed" in -*) _pointferry_give "$flags"; return ;; esac
  case "$verb" in
    '') _pointferry_give '${firstWords(all)} help' ;;
    help) [ "$arguments" -gt 0 ] || _pointferry_give '${firstWords(all)}' ;;
${seconds.map((word) => `    ${word}) _pointferry_give '${all.flatMap(({ verb }) => (verb.name.startsWith(`${word} `) ? [verb.name.slice(word.length + 1)] : [])).join(' ')}' ;;`).join('\n')}
    *) [ "$arguments" -gt 0 ] || _pointferry_give "$(_pointferry_argument "$argument" "$folder")" ;;
  esac`;
};

const bash = (all: readonly Completable[]): string => `# bash completion for pointferry
${tables(all)}
_pointferry() {
  local typed="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" current="$COMP_CWORD"
  _pointferry_give() { COMPREPLY=($(compgen -W "$1" -- "$typed")); }
  COMPREPLY=()
${walk(all, { first: 1, words: 'COMP_WORDS' })}
}

complete -o bashdefault -o default -F _pointferry pointferry`;

const zsh = (all: readonly Completable[]): string => `#compdef pointferry
${tables(all)}
_pointferry() {
  local typed="\${words[CURRENT]}" previous="\${words[CURRENT-1]}" current="$CURRENT"
  _pointferry_give() { if [ -n "$1" ]; then compadd -- \${=1}; else _files; fi; }
${walk(all, { first: 2, words: 'words' })}
}

if [ "\${funcstack[1]}" = _pointferry ]; then _pointferry "$@"; else compdef _pointferry pointferry; fi`;

export const scripts: Readonly<Record<string, (all: readonly Completable[]) => string>> = { bash, zsh };
