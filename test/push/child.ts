/** A pusher as a process of its own, which tests can kill: `node child.ts '{"databaseUrl": …}'`. Prints its result as JSON. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '../../src/db/pool.ts';
import { loadKinds, loadPlatforms } from '../../src/destinations/index.ts';
import type { AccountAccess } from '../../src/destinations/kind.ts';
import { limitsFrom, type RateWindow } from '../../src/destinations/limits.ts';
import { registerOwner } from '../../src/ledger/owner.ts';
import { pushRun } from '../../src/push/push.ts';
import type { PushResult } from '../../src/push/result.ts';
import type { PushSettings } from '../../src/push/settings.ts';

export interface ChildOptions {
  readonly databaseUrl: string;
  readonly account: AccountAccess;
  readonly runs: readonly string[];
  readonly windows: readonly RateWindow[];
  readonly maxInFlight?: number;
  readonly leaseMs?: number;
  readonly settings?: Partial<PushSettings>;
}

export interface Child {
  readonly process: ChildProcess;
  readonly exited: Promise<{ code: number | null; signal: string | null }>;
  /** Its result; throws what it wrote to stderr if it ended otherwise. */
  readonly result: () => Promise<PushResult>;
}

export function startChild(
  t: TestContext,
  options: ChildOptions,
  env: Readonly<Record<string, string>> = {},
): Child {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  t.after(() => void child.kill('SIGKILL'));
  const out: string[] = [];
  const err: string[] = [];
  child.stdout.on('data', (data) => out.push(String(data)));
  child.stderr.on('data', (data) => err.push(String(data)));
  const exited = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  return {
    process: child,
    exited,
    async result() {
      const { code, signal } = await exited;
      if (code !== 0) throw new Error(`the pusher ended with ${code ?? signal}: ${err.join('')}`);
      return JSON.parse(out.join('')) as PushResult;
    },
  };
}

async function main(options: ChildOptions): Promise<void> {
  const db = openDatabase(options.databaseUrl);
  const kinds = await loadKinds();
  const platform = (await loadPlatforms()).get(options.account.platform);
  const leaseMs = options.leaseMs ?? 30_000;
  const holder = await registerOwner(db, {
    actor: 'child',
    verb: 'run',
    lease: { leaseMs, heartbeatMs: leaseMs / 4 },
    log: () => undefined,
  });
  const stop = new AbortController();
  process.on('SIGTERM', () => stop.abort());
  try {
    const result = await pushRun(db, {
      runs: options.runs,
      holder,
      account: options.account,
      ...(platform ? { platform } : {}),
      limits: limitsFrom(options.windows, options.maxInFlight ?? 8),
      keyRetentionMs: 24 * 3_600_000,
      kinds,
      env: process.env,
      signal: stop.signal,
      ...(options.settings ? { settings: options.settings } : {}),
    });
    process.stdout.write(JSON.stringify(result));
  } finally {
    await holder.end();
    await db.close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(JSON.parse(process.argv[2] ?? '') as ChildOptions);
}
