/** How a verb's help looks: usage, what it does, examples first, then flags. */
import type { Command, OptionSpec } from './command.ts';

const indent = (left: string, right: string, width = 34): string =>
  left.length < width - 2
    ? `  ${left.padEnd(width - 2)}${right}\n`
    : `  ${left}\n${' '.repeat(width)}${right}\n`;

const flag = (name: string, option: OptionSpec): string =>
  `--${name}${option.type === 'string' ? ` ${option.value ?? 'VALUE'}` : ''}${option.multiple ? ' ...' : ''}`;

/** Help of one verb. */
export function help(command: Command, globals: Readonly<Record<string, OptionSpec>>): string {
  const list = (options: Readonly<Record<string, OptionSpec>>) =>
    Object.entries(options)
      .map(([name, option]) => indent(flag(name, option), option.help))
      .join('');
  const examples = command.examples.map(([line, says]) => indent(line, says, 52)).join('');
  const own = Object.keys(command.options).length > 0 ? `\nFlags\n${list(command.options)}` : '';
  return (
    `pointferry ${[command.name, command.usage].filter(Boolean).join(' ')}\n\n${command.summary}\n` +
    `\nExamples\n${examples}${own}\nFlags of every verb (each also as a variable POINTFERRY_...)\n${list(globals)}`
  );
}

/** Help of the whole: a line per verb. */
export function overviewHelp(commands: readonly Command[]): string {
  const lines = commands
    .filter((command) => !command.hidden)
    .map((command) =>
      indent(`${command.name} ${command.usage}`.trim(), command.summary.split(/[.;:,] |\.$/)[0] ?? '', 38),
    )
    .join('');
  return (
    'pointferry: carries loyalty data from CSV files to loyalty platforms; every row is accounted for exactly once.\n' +
    `\nVerbs\n${lines}\n  pointferry <verb> --help has examples. Start with: pointferry demo\n`
  );
}
