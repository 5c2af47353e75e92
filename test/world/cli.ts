/** `pointferry` as a process of its own, for what only a process has: signals, deaths, a standard output. Never waits for ever. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const repository = path.resolve(import.meta.dirname, '../..');

export interface Ended {
  /** The verb and its first argument, for messages. */
  readonly words: string;
  /** Null: ended by a signal. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly ms: number;
  readonly stdout: string;
  readonly stderr: string;
  /** It had to be killed because its bound had passed: never right. */
  readonly overdue: boolean;
}

export interface CliProcess {
  readonly pid: number;
  readonly startedAt: number;
  readonly ended: Promise<Ended>;
  readonly runs: () => boolean;
  readonly signal: (signal: NodeJS.Signals) => void;
}

export interface Launch {
  /** The checkout whose src/ is run: this one, or a copy with a guard broken. */
  readonly root?: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Default: `root`. */
  readonly cwd?: string;
  /** A module that is loaded first. */
  readonly preload?: string;
  /** Words before the command: `unshare`, `setpriv`. They must pass signals on, or end with the process. */
  readonly under?: readonly string[];
  readonly boundMs: number;
}

export function startCli(launch: Launch): CliProcess {
  const startedAt = performance.now();
  const { root = repository, cwd = root } = launch;
  const preload = launch.preload === undefined ? [] : ['--import', launch.preload];
  const main = path.join(root, 'src', 'main.ts');
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', ...preload, main];
  const [command = process.execPath, ...words] = [...(launch.under ?? []), ...node, ...launch.args];
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...launch.env }, cwd });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  let overdue = false;
  const bound = setTimeout(() => {
    overdue = true;
    child.kill('SIGCONT');
    child.kill('SIGKILL');
  }, launch.boundMs);
  const ended = once(child, 'close').then(([code, signal]): Ended => {
    clearTimeout(bound);
    const ms = performance.now() - startedAt;
    return { words: launch.args.slice(0, 2).join(' '), code, signal, ms, stdout, stderr, overdue };
  });
  return {
    pid: child.pid ?? 0,
    startedAt,
    ended,
    runs: () => child.exitCode === null && child.signalCode === null,
    signal: (signal) => void child.kill(signal),
  };
}

/** Waits until the process is stopped (state T). False: it ended before. */
export async function isStopped({ pid, runs }: CliProcess): Promise<boolean> {
  while (runs()) {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    if (stat.slice(stat.lastIndexOf(')') + 2)[0] === 'T') return true;
    await sleep(10);
  }
  return false;
}
