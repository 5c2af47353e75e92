/** A world for benches: a server with fsync on, the sandbox and the importer as processes of their own. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stopEmbedded } from '../../src/db/embedded/embedded.ts';
import type { Admin } from '../../src/sandbox/admin.ts';
import { startCli } from '../world/cli.ts';
import { startSandboxProcess } from '../world/sandbox.ts';

export interface BenchWorld {
  readonly folder: string;
  readonly admin: Admin;
  readonly write: (name: string, content: string) => string;
  readonly start: (words: readonly string[], more?: Readonly<Record<string, string>>) => Measured;
  readonly close: () => Promise<void>;
}

export interface Measured {
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Exit code (null: killed), standard output, and the highest resident memory seen, MB. */
  readonly ended: Promise<{ code: number | null; out: string; err: string; rssMb: number; seconds: number }>;
}

/** `rate`: requests a second that the sandbox enforces and the account states. */
export async function makeBenchWorld(
  rate: number,
  pipelines: Readonly<Record<string, string>>,
): Promise<BenchWorld> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'pointferry-bench-'));
  const write = (name: string, content: string): string => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  };
  write(
    'pipelines/accounts/bench.ts',
    `import { defineAccount, env } from 'pointferry';
     export default defineAccount({ platform: 'hang', stage: 'sandbox', baseUrl: env('HANG_BASE_URL'), apiKey: env('HANG_API_KEY'),
       windows: [{ limit: ${rate}, per: '1s' }], maxInFlight: 8, keyRetention: '24h' });`,
  );
  for (const [name, literal] of Object.entries(pipelines)) {
    write(
      `pipelines/${name}.ts`,
      `import { definePipeline, env, local, sftp } from 'pointferry';\nexport default definePipeline(${literal});`,
    );
  }
  const words = ['--journal', path.join(folder, 'journal.jsonl'), '--rate', `${rate}/1000`, '--auto-members'];
  const sandbox = await startSandboxProcess(words);
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    HANG_BASE_URL: `${sandbox.url}/partner-api`,
    HANG_API_KEY: 'sandbox-hang-key',
  };
  return {
    folder,
    admin: sandbox.admin,
    write,
    start: (args, more = {}) => startMeasured(folder, args, { ...env, ...more }),
    close: async () => {
      await sandbox.end('SIGKILL');
      await stopEmbedded(path.join(folder, '.pointferry', 'postgres')).catch(() => false);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A bench of an hour is usual. */
const boundMs = 12 * 3_600_000;

function startMeasured(cwd: string, args: readonly string[], env: Record<string, string>): Measured {
  const cli = startCli({ args, env, cwd, boundMs });
  let rssMb = 0;
  const watching = (async () => {
    while (cli.runs()) {
      rssMb = Math.max(rssMb, highestMb(cli.pid));
      await sleep(100);
    }
  })();
  const ended = cli.ended.then(async ({ code, stdout, stderr, ms }) => {
    await watching;
    return { code, out: stdout, err: stderr, rssMb, seconds: ms / 1000 };
  });
  return { signal: cli.signal, ended };
}

/** The high-water mark that the kernel keeps: nothing between two looks is missed. */
function highestMb(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
