/** A question on the terminal. */
import { createInterface } from 'node:readline/promises';
import type { Context } from './command.ts';

/** Nobody can answer where a program reads or writes. */
export const canAsk = ({ terminal }: Context): boolean => terminal && process.stdin.isTTY === true;

export async function ask(question: string, { signal }: Context): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question(question, { signal })).trim();
  } finally {
    terminal.close();
  }
}
