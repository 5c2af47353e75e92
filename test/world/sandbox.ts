/** The sandbox in this process, for most tests, and as a process of its own, for what kills it or measures it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { type Admin, adminOf } from '../../src/sandbox/admin.ts';
import type { SandboxOptions } from '../../src/sandbox/options.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { repository } from './cli.ts';

/** Where what was opened is closed again: a test's context, or `{ after }` of a whole file. */
export interface Scope {
  readonly after: (fn: () => unknown) => void;
}

export interface OpenSandbox {
  readonly url: string;
  readonly admin: Admin;
  readonly journal: string;
  readonly close: () => Promise<void>;
}

/** Makes every member and program that a request names. */
export const anyMember: Pick<SandboxOptions, 'switches'> = {
  switches: {
    hang: { autoMembers: true },
    fabric: { autoMembers: true },
    stickystreet: { autoPrograms: true },
  },
};

export async function temporaryFolder(scope: Scope): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'pointferry-sandbox-'));
  scope.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** On a free port, with a journal in a folder of its own; both are gone afterwards. */
export async function openSandbox(scope: Scope, options: Partial<SandboxOptions> = {}): Promise<OpenSandbox> {
  const journal = options.journal ?? path.join(await temporaryFolder(scope), 'journal.jsonl');
  const sandbox = await startSandbox({ ...options, journal });
  let open = true;
  const close = async (): Promise<void> => {
    if (open) await sandbox.close();
    open = false;
  };
  scope.after(close);
  return { url: sandbox.url, admin: adminOf(sandbox.url), journal, close };
}

export interface SandboxProcess {
  readonly url: string;
  readonly admin: Admin;
  readonly child: ChildProcess;
  /** Sends the signal and waits for the end; returns the exit code. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>;
}

/** Whoever starts it ends it. */
export async function startSandboxProcess(args: readonly string[]): Promise<SandboxProcess> {
  const main = path.join(repository, 'src', 'sandbox', 'main.ts');
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
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

/** The same for one test. */
export async function sandboxProcess(scope: Scope, args: readonly string[]): Promise<SandboxProcess> {
  const sandbox = await startSandboxProcess(args);
  scope.after(() => void sandbox.child.kill('SIGKILL'));
  return sandbox;
}
