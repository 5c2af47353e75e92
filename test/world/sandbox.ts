/** The sandbox as a process of its own, killable. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Admin, adminOf } from '../../src/sandbox/admin.ts';

const main = fileURLToPath(new URL('../../src/sandbox/main.ts', import.meta.url));

export interface Process {
  readonly url: string;
  readonly admin: Admin;
  readonly child: ChildProcess;
  /** Sends the signal and waits for the end; gives the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export async function startProcess(t: TestContext, args: readonly string[]): Promise<Process> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  t.after(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, 'line'), exited.then(() => undefined)]);
  if (first === undefined) throw new Error('the sandbox ended before it listened');
  const { url } = JSON.parse(String(first[0])) as { url: string };
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    await exited;
    return child.exitCode;
  };
  return { url, admin: adminOf(url), child, end };
}
