/** Types command lines in a world, and keeps what they print by screen. */

import { type Ran, typeLine } from '../world/command-line.ts';
import type { World } from '../world/world.ts';
import type { Replace } from './varying.ts';

/** As typed; words with blanks in them stand in double quotes. */
type Line = string;

export interface Screens {
  readonly show: (screen: string, ...lines: readonly Line[]) => Promise<void>;
  /** With the key of the account: for what sends. */
  readonly send: (screen: string, ...lines: readonly Line[]) => Promise<void>;
  /** A text that is no screen: a file that was written. */
  readonly keep: (name: string, text: string) => void;
  readonly texts: (replace: Replace) => ReadonlyMap<string, string>;
}

export function screensOf(world: World): Screens {
  const kept = new Map<string, string[]>();
  const keep = (name: string, text: string): void => void kept.set(name, [...(kept.get(name) ?? []), text]);
  const env = {
    DATABASE_URL: world.database.url,
    HANG_BASE_URL: `${world.sandboxUrl}/partner-api`,
    POINTFERRY_ACTOR: 'test',
  };
  const each =
    (run: (words: readonly string[]) => Promise<Ran>): Screens['show'] =>
    async (screen, ...lines) => {
      for (const line of lines) keep(screen, transcript(line, await run(wordsOf(line))));
    };
  return {
    show: each((words) => typeLine(words, { env, cwd: world.folder })),
    send: each(world.ferry),
    keep,
    texts: (replace) => new Map([...kept].map(([name, texts]) => [name, replace(texts.join('\n'))])),
  };
}

/** Printed by a timer while a run lasts: how many there are depends on the load of the machine. */
const progress = /^r\w+ \w+ {2}files .*\n/gm;

function transcript(line: Line, { code, out, err: said }: Ran): string {
  const typedLine = ['$ pointferry', line].join(' ').trimEnd();
  const err = said.replace(progress, '');
  return `${typedLine}\n${out}${err === '' ? '' : `--- stderr\n${err}`}--- exit ${code}\n`;
}

const wordsOf = (line: Line): string[] =>
  [...line.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
