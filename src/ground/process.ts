/** Who a process is: host, boot, namespace, pid and the time it started, so that "dead" is known and never guessed. */
import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';
import { promisify } from 'node:util';

export interface ProcessIdentity {
  readonly host: string;
  /** Changes at every boot: a pid of an earlier boot says nothing. Containers of one kernel share it. */
  readonly bootId: string;
  /** Which pids and start times are meant (pid_namespaces(7), time_namespaces(7)); empty where nobody can tell. */
  readonly namespace: string;
  readonly pid: number;
  /** As the system tells it; compared, never computed with. A reused pid has another one. */
  readonly start: string;
}

const unknownStart = 'unknown';

export async function identityOf(pid: number): Promise<ProcessIdentity> {
  const [boot, namespace, start] = await Promise.all([bootId(), namespaceOfThis(), startOf(pid)]);
  return { host: hostname(), bootId: boot, namespace, pid, start: start ?? unknownStart };
}

/**
 * Is it dead? `null` where this process cannot know: another host, another boot of what is called the same, another
 * namespace (two containers may share host name and boot), or a system that hides other people's processes. Then only
 * its silence tells.
 */
export async function isDead(process: ProcessIdentity): Promise<boolean | null> {
  if (process.host !== hostname() || process.bootId !== (await bootId())) return null;
  if (process.namespace === '' || process.namespace !== (await namespaceOfThis())) return null;
  if (!isThere(process.pid)) return true;
  const start = await startOf(process.pid);
  if (start === ended) return true;
  // it is there, but hidden from us (hidepid): it may be another one under a used pid
  if (start === null || process.start === unknownStart) return null;
  return start !== process.start;
}

/** Asks the kernel, which answers whatever /proc shows: only ESRCH says that there is no such process. */
function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

async function bootId(): Promise<string> {
  try {
    return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  } catch {
    // no /proc (macOS): the minute of the boot is as near as it gets
    return `boot-${Math.round((Date.now() / 1000 - uptime()) / 60)}`;
  }
}

/** Start times are compared, and count from the boot that the time namespace shows: so it belongs to the name. */
async function namespaceOfThis(): Promise<string> {
  if (process.platform !== 'linux') return 'none'; // no namespaces there
  try {
    const time = readlink('/proc/self/ns/time').catch(() => ''); // Linux before 5.6 has none
    return `${await readlink('/proc/self/ns/pid')} ${await time}`.trim();
  } catch {
    return '';
  }
}

/** A zombie: it has ended, and only its parent does not know yet. */
const ended = 'ended';

/** Start time of a pid; null when it cannot be seen. */
async function startOf(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // the name in brackets may hold anything, so count from its end: state is field 3, start time field 22
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? ended : (fields[19] ?? null);
  } catch {
    return process.platform === 'linux' ? null : startFromPs(pid);
  }
}

async function startFromPs(pid: number): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]);
    return stdout.trim() || null;
  } catch {
    return null; // ps ends with 1 when it sees no such process
  }
}
