import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync } from 'node:fs';

/** The command line of a living process, or undefined. A zombie has none. */
export function commandOf(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() || undefined;
    }
    return (
      execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined
    );
  } catch {
    return undefined;
  }
}

/**
 * True if `pid` is a living Postgres on this data folder. A pid alone proves nothing after a reboot or a crash: on
 * Linux the process's working folder decides (a postmaster changes into its data folder), elsewhere its command line.
 */
export function isPostmasterOf(pid: number, dataFolder: string): boolean {
  const command = commandOf(pid);
  if (command === undefined) return false;
  if (process.platform !== 'linux') return command.includes('postgres') && command.includes(dataFolder);
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(dataFolder);
  } catch {
    return false;
  }
}
