/** Who a process is: host, boot, pid and the time it started, so that "dead" can be known and not guessed. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';
import { promisify } from 'node:util';

export interface ProcessIdentity {
  readonly host: string;
  /** Changes at every boot: a pid of an earlier boot says nothing. */
  readonly bootId: string;
  readonly pid: number;
  /** As the system tells it; compared, never computed with. A reused pid has another one. */
  readonly start: string;
}

export async function identityOf(pid: number): Promise<ProcessIdentity> {
  return { host: hostname(), bootId: await bootId(), pid, start: (await startOf(pid)) ?? 'unknown' };
}

/**
 * Is it dead? `null` where this machine cannot know: another host, or another boot of what is called the same (two
 * containers may share a name); then its lease has to run out.
 */
export async function isDead(process: ProcessIdentity): Promise<boolean | null> {
  if (process.host !== hostname()) return null;
  if (process.bootId !== (await bootId())) return null;
  const start = await startOf(process.pid);
  return start === null || (process.start !== 'unknown' && start !== process.start);
}

async function bootId(): Promise<string> {
  try {
    return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  } catch {
    // no /proc (macOS): the minute of the boot is as near as it gets
    return `boot-${Math.round((Date.now() / 1000 - uptime()) / 60)}`;
  }
}

/** Start time of a pid; null when there is no such process (a zombie counts as none). */
async function startOf(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // the name in brackets may hold anything, so count from its end: state is field 3, start time field 22
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? 'unknown');
  } catch (error) {
    if (await hasProc()) return null;
    return startFromPs(pid, error);
  }
}

const hasProc = async (): Promise<boolean> =>
  readFile('/proc/self/stat').then(
    () => true,
    () => false,
  );

async function startFromPs(pid: number, _cause: unknown): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]);
    return stdout.trim() || null;
  } catch {
    return null; // ps ends with 1 when there is no such process
  }
}
