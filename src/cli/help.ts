/** The text of help: of one verb, and of all. */
import { exit } from '../ground/exit.ts';
import type { Command, Verb } from './command.ts';
import { globalOptions } from './global-options.ts';
import type { Option, Options } from './options.ts';
import { sections } from './verbs.ts';

const columns = 100;

/** Words in lines of at most `width` characters. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Two columns; what does not fit on the left has a line of its own. */
function entry(left: string, right: string, width: number): string {
  const pad = ' '.repeat(width);
  const [first = '', ...rest] = wrapped(right, columns - width);
  const head = left.length < width - 2 ? `  ${left.padEnd(width - 2)}` : `  ${left}\n${pad}`;
  return [head + first, ...rest.map((line) => pad + line)].join('\n');
}

const flagText = (name: string, option: Option<unknown>): string =>
  [
    ...(option.short === undefined ? [] : [`-${option.short},`]),
    `--${name}`,
    ...(option.value === undefined ? [] : [option.value]),
  ].join(' ');

const flagLines = (options: Options): string[] =>
  Object.entries(options).map(([name, option]) =>
    entry(flagText(name, option), option.multiple ? `${option.help}; may be repeated` : option.help, 28),
  );

/** `run <pipeline>`, `guess <csv> --operation KIND --out FILE`. */
function usageOf({ name, usage }: Verb, options: Options): string {
  const required = Object.entries(options).filter(([, option]) => 'required' in option);
  return [name, usage, ...required.map(([flag, option]) => flagText(flag, option))].filter(Boolean).join(' ');
}

/** Help of one verb. */
export function help(verb: Verb, command: Command): string {
  const own = flagLines(command.options);
  return [
    `pointferry ${usageOf(verb, command.options)}`,
    '',
    `${verb.summary}.`,
    '',
    ...wrapped(command.description, columns),
    '',
    'Examples',
    ...command.examples.flatMap(([line, says]) => [`  ${line}`, `      ${says}`]),
    '',
    ...(own.length > 0 ? ['Flags', ...own, ''] : []),
    'Flags of every verb',
    ...flagLines(globalOptions),
    '',
    'Each flag has a variable: POINTFERRY_LOG_LEVEL=debug is --log-level debug.',
    '',
  ].join('\n');
}

const exitTexts: Readonly<Record<keyof typeof exit, string>> = {
  ok: 'success: every row is done, or waits within its term',
  rows: 'finished, and some rows or files need attention: pointferry errors',
  threshold: 'stopped by a threshold of the pipeline',
  fatal: 'stopped by the source, the database, the credentials or the platform',
  interrupted: 'interrupted, at its deadline, or limited: pointferry resume',
  usage: 'wrong usage',
  noInput: 'no input file',
  bug: 'the books do not balance, or another bug in Pointferry; nothing more is sent',
  busy: 'another process is running this pipeline',
  config: 'wrong configuration: pointferry check, pointferry doctor',
};

/** Help of the whole: a line per verb. */
export function overviewHelp(): string {
  const lists = sections.flatMap(({ title, verbs }) => [
    title,
    ...verbs.map((verb) => entry(`${verb.name} ${verb.usage}`.trim(), verb.summary, 32)),
    '',
  ]);
  const codes = Object.entries(exit).sort(([, a], [, b]) => a - b);
  return [
    'pointferry: carry loyalty data from CSV files to loyalty platforms. Every row is accounted for exactly once.',
    '',
    ...lists,
    'Exit codes',
    ...codes.map(([name, code]) => entry(String(code), exitTexts[name as keyof typeof exit], 8)),
    '',
    'Type pointferry help VERB for flags and examples. Start with: pointferry demo',
    '',
  ].join('\n');
}
