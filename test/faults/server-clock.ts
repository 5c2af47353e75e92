/**
 * A PostgreSQL whose wall clock a story sets, by libfaketime; the monotonic clock goes on, as when NTP steps a clock or a
 * machine is resumed. The server is started by the program's own code, which finds these binaries in place of its own.
 */
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { binariesFor, serverUser } from '../../src/db/embedded/binaries.ts';
import { type Server, startServer } from './server.ts';

export interface ClockedServer extends Server {
  /** So many seconds ahead of the true time, or behind it. */
  readonly setClock: (seconds: number) => void;
}

const libraries = ['x86_64-linux-gnu/faketime', 'aarch64-linux-gnu/faketime', 'faketime'].map(
  (folder) => `/usr/lib/${folder}/libfaketime.so.1`,
);
const library = libraries.find((file) => existsSync(file));

export const clocksCanBeSet = library !== undefined;

export async function startClockedServer(): Promise<ClockedServer> {
  if (library === undefined) throw new Error('libfaketime is not installed: apt-get install faketime');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'pointferry-faults-clock-'));
  chmodSync(folder, 0o755);
  const clock = path.join(folder, 'clock');
  const setClock = (seconds: number): void => writeFileSync(clock, `${seconds < 0 ? '' : '+'}${seconds}\n`);
  setClock(0);
  const real = binariesFor(serverUser());
  const fake = [
    `LD_PRELOAD=${library}`,
    `FAKETIME_TIMESTAMP_FILE=${clock}`,
    'FAKETIME_NO_CACHE=1',
    'FAKETIME_DONT_FAKE_MONOTONIC=1',
  ];
  for (const [name, before] of [
    ['initdb', []],
    ['postgres', fake],
  ] as const) {
    const text = `#!/bin/sh\nexec env ${before.join(' ')} ${path.join(real, name)} "$@"\n`;
    writeFileSync(path.join(folder, name), text, { mode: 0o755 });
  }
  const server = await startServer(os.tmpdir(), { ...process.env, POINTFERRY_TEST_POSTGRES: folder });
  return {
    ...server,
    setClock,
    async close() {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
