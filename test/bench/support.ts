/** A world for benches: a server with fsync on, the sandbox and the importer as processes of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { stopEmbedded } from '../../src/db/embedded/embedded.ts';
import { type Admin, adminOf } from '../../src/sandbox/admin.ts';

export const root = path.resolve(import.meta.dirname, '../..');

export interface Ground {
  readonly folder: string;
  readonly admin: Admin;
  readonly write: (name: string, content: string) => string;
  readonly ferry: (words: readonly string[], more?: Readonly<Record<string, string>>) => Ferry;
  readonly close: () => Promise<void>;
}

export interface Ferry {
  readonly child: ChildProcess;
  /** Exit code (null: killed), standard output, and the highest resident memory seen, MB. */
  readonly ended: Promise<{ code: number | null; out: string; err: string; rssMb: number; seconds: number }>;
}

/** `rate`: requests a second that the sandbox enforces and the account states. */
export async function makeGround(rate: number, pipelines: Readonly<Record<string, string>>): Promise<Ground> {
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
  const sandbox = spawn(process.execPath, [path.join(root, 'src/sandbox/main.ts'), ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(sandbox.stdout), 'line')) as [string];
  const { url } = JSON.parse(line) as { url: string };
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    HANG_BASE_URL: `${url}/partner-api`,
    HANG_API_KEY: 'sandbox-hang-key',
  };
  return {
    folder,
    admin: adminOf(url),
    write,
    ferry: (args, more = {}) => startFerry(folder, args, { ...env, ...more }),
    close: async () => {
      sandbox.kill('SIGKILL');
      await stopEmbedded(path.join(folder, '.pointferry', 'postgres')).catch(() => false);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function startFerry(cwd: string, args: readonly string[], env: Record<string, string>): Ferry {
  const begun = performance.now();
  // the launcher execs, so its pid is the importer's
  const child = spawn(path.join(root, 'pointferry'), [...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (data: string) => {
    text.out += data;
  });
  child.stderr.setEncoding('utf8').on('data', (data: string) => {
    text.err += data;
  });
  let rssMb = 0;
  const watching = (async () => {
    while (child.exitCode === null && child.signalCode === null) {
      rssMb = Math.max(rssMb, highestMb(child.pid ?? 0));
      await sleep(100);
    }
  })();
  const ended = once(child, 'close').then(async ([code]) => {
    await watching;
    return { code: code as number | null, ...text, rssMb, seconds: (performance.now() - begun) / 1000 };
  });
  return { child, ended };
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
