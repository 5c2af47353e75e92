/** A server that goes back: its folder as it was once is put in place of what it is, as a promoted replica or a backup is. */
import { execFileSync } from 'node:child_process';
import { readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stopEmbedded } from '../../src/db/embedded/embedded.ts';
import type { Server } from './server.ts';

export const postmasterOf = ({ dir }: Pick<Server, 'dir'>): number =>
  Number(readFileSync(path.join(dir, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);

const copyPlace = ({ dir }: Server): string => path.join(dir, 'older');

/** Stops the server, keeps a copy of its folder, and starts it again. */
export async function keepCopy(server: Server): Promise<void> {
  await stopEmbedded(server.dir);
  rmSync(copyPlace(server), { recursive: true, force: true });
  execFileSync('cp', ['-a', path.join(server.dir, 'data'), copyPlace(server)]);
  await server.restart();
}

/** Ends the server without a shutdown, and starts the copy in its place. What was written since is gone. */
export async function putCopyInPlace(server: Server): Promise<void> {
  const data = path.join(server.dir, 'data');
  await crash(server);
  rmSync(data, { recursive: true, force: true });
  renameSync(copyPlace(server), data);
  await server.restart();
}

/** As `pg_ctl stop -m immediate`. */
export const crash = (server: Server): Promise<void> => end(server, 'SIGQUIT');

/** Its backends notice by themselves that it is gone. */
export const kill = (server: Server): Promise<void> => end(server, 'SIGKILL');

async function end(server: Server, signal: NodeJS.Signals): Promise<void> {
  const pid = postmasterOf(server);
  process.kill(pid, signal);
  while (lives(pid)) await sleep(10);
}

function lives(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z';
  } catch {
    return false;
  }
}
