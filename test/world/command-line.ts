/** The command line in this process: the same code as a process of its own runs, without its start. */
import { runCommandLine } from '../../src/cli/command-line.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Typing {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd: string;
}

export async function typeLine(words: readonly string[], { env = {}, cwd }: Typing): Promise<Ran> {
  const written = { out: '', err: '' };
  const stream = (name: 'out' | 'err'): NodeJS.WriteStream => {
    const write = (text: string): boolean => {
      written[name] += text;
      return true;
    };
    return { write, isTTY: false } as unknown as NodeJS.WriteStream;
  };
  const { signal } = new AbortController();
  const code = await runCommandLine(words, { out: stream('out'), err: stream('err'), env, cwd, signal });
  return { code, ...written };
}
