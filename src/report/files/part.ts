/**
 * Names of files that are being written: `.errors.csv.<pid>.<start>.<machine>.part`. They name their writer, so that a
 * part whose writer died is told apart from one that is still written.
 */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { identityOf, isDead } from '../../ground/process.ts';

/** A writer of another machine is dead once its part has not grown for this long. */
const silenceMs = 3_600_000;

export async function partName(name: string): Promise<string> {
  const { pid, start, ...machine } = await identityOf(process.pid);
  return `.${name}.${pid}.${encodeURIComponent(start)}.${hashOf(machine)}.part`;
}

const hashOf = (machine: object): string =>
  createHash('sha256').update(JSON.stringify(machine)).digest('hex').slice(0, 16);

/** True if the file of that name in the folder is a part whose writer is dead. */
export async function isLeftOver(folder: string, name: string): Promise<boolean> {
  if (!/^\..+\.part$/.test(name)) return false;
  const [, pid, start = '', machine] = /\.(\d+)\.([^.]+)\.([0-9a-f]{16})\.part$/.exec(name) ?? [];
  const { pid: _pid, start: _start, ...own } = await identityOf(process.pid);
  const known =
    pid !== undefined && machine === hashOf(own)
      ? await isDead({ ...own, pid: Number(pid), start: decodeURIComponent(start) })
      : null;
  if (known !== null) return known;
  const { mtimeMs } = await stat(path.join(folder, name));
  return Date.now() - mtimeMs > silenceMs;
}
