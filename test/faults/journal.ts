/** The sandbox's journal, read from its file: what was applied, by whom nobody can argue. */
import { readFileSync } from 'node:fs';

export interface Effect {
  readonly n: number;
  readonly type: string;
  readonly subject: string;
  readonly identity: string | null;
  readonly bodySha256: string | null;
  readonly content: Readonly<Record<string, unknown>>;
}

/** Business effects, oldest first; a last line that is still being written is none yet. */
export function readJournal(file: string): Effect[] {
  const text = readFileSync(file, 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Effect)
    .filter((effect) => !effect.type.startsWith('seed.') && effect.type !== 'reset');
}

export const textIn = (effect: Effect, name: string): string => {
  const value = effect.content[name];
  return typeof value === 'string' ? value : '';
};
