/** A command line in this process: the same code as a process of its own runs, without its start. */
import { runCommandLine } from '../../src/cli/command-line.ts';
import type { Ran } from './world.ts';

export async function typed(
  words: readonly string[],
  { env = {}, cwd }: { readonly env?: Readonly<Record<string, string>>; readonly cwd: string },
): Promise<Ran> {
  const parts = { out: '', err: '' };
  const stream = (name: 'out' | 'err'): NodeJS.WriteStream => {
    const write = (text: string): boolean => {
      parts[name] += text;
      return true;
    };
    return { write, isTTY: false } as unknown as NodeJS.WriteStream;
  };
  const { signal } = new AbortController();
  const code = await runCommandLine(words, { out: stream('out'), err: stream('err'), env, cwd, signal });
  return { code, ...parts };
}
