/** A real OpenSSH server on loopback, with a configuration, keys and a port of its own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const binary = '/usr/sbin/sshd';
export const skipWithoutSshd =
  existsSync(binary) || process.env.CI === 'true' ? false : 'OpenSSH server (sshd) is not installed';

export interface Sshd {
  readonly port: number;
  readonly user: string;
  stop(): Promise<void>;
}

/** Makes a key pair in a folder and gives the private key's path. */
export function makeKey(folder: string, name: string, passphrase = ''): string {
  const path = join(folder, name);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', name, '-f', path]);
  return path;
}

/** The fingerprint as people are given it. */
export function keygenLine(path: string): string {
  return execFileSync('ssh-keygen', ['-l', '-f', `${path}.pub`], { encoding: 'utf8' }).trim();
}

export async function startSshd(
  t: { readonly after: (end: () => Promise<void>) => void },
  folder: string,
  options: { hostKey: string; authorizedKeys: string; port?: number },
): Promise<Sshd> {
  // as root, sshd wants the empty folder that its service would have made
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const port = options.port ?? (await freePort());
  const config = join(folder, `sshd_${port}.conf`);
  const lines = [
    `ListenAddress 127.0.0.1:${port}`,
    `HostKey ${options.hostKey}`,
    `AuthorizedKeysFile ${options.authorizedKeys}`,
    ...['PidFile none', 'StrictModes no', 'UsePAM no', 'PasswordAuthentication no', 'PermitRootLogin yes'],
    ...['KbdInteractiveAuthentication no', 'Subsystem sftp internal-sftp', 'MaxStartups 100:30:200'],
  ];
  await writeFile(config, `${lines.join('\n')}\n`);
  const child = spawn(binary, ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  };
  t.after(stop);
  await listening(child);
  return { port, user: userInfo().username, stop };
}

async function listening(child: ChildProcess): Promise<void> {
  const said: string[] = [];
  if (child.stderr === null) throw new Error('no stderr');
  for await (const line of createInterface({ input: child.stderr })) {
    said.push(line);
    if (line.includes('Server listening on')) {
      child.stderr.resume();
      return;
    }
  }
  throw new Error(`sshd did not start: ${said.join(' | ')}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
