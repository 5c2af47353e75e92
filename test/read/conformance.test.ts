import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFile,
  chmod,
  mkdir,
  readdir,
  readFile,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, type TestContext } from 'node:test';

import { conformsAsSource, type SourceWorld } from './conformance.ts';
import { keygenLine, makeKey, type Sshd, skipWithoutSshd, startSshd } from './sshd.ts';
import { tempFolder } from './support.ts';

const isRoot = process.getuid?.() === 0;
const nobody = 65_534;

/** Without the right to read a path until what is returned is called. Root reads everything, so it becomes nobody. */
async function forbid(base: string, path: string): Promise<() => Promise<void>> {
  await chmod(join(base, path), 0o000);
  if (isRoot) {
    await chmod(base, 0o777);
    process.seteuid?.(nobody);
  }
  return async () => {
    if (isRoot) process.seteuid?.(0);
    await chmod(join(base, path), 0o700);
  };
}

/** A folder of this disk, which both kinds read. */
function onDisk(base: string): Omit<SourceWorld, 'options' | 'context' | 'display'> {
  const at = (path: string): string => join(base, path);
  return {
    async write(path, content) {
      await mkdir(dirname(at(path)), { recursive: true });
      await writeFile(at(path), content);
    },
    append: (path, content) => appendFile(at(path), content),
    truncate: (path, size) => truncate(at(path), size),
    setTime: (path, time) => utimes(at(path), time, time),
    remove: (path) => rm(at(path)),
    list: async (folder) => (await readdir(at(folder))).sort(),
    read: (path) => readFile(at(path), 'utf8'),
    link: (path, target) => symlink(target, at(path)),
    pipe: async (path) => void execFileSync('mkfifo', [at(path)]),
  };
}

conformsAsSource(
  'local',
  async (t) => {
    const base = await tempFolder(t);
    return {
      ...onDisk(base),
      options: (change) => ({ kind: 'local', ...change }),
      context: { workdir: join(base, '.work'), base },
      display: (path) => path,
      forbid: (path) => forbid(base, path),
    };
  },
  false,
);

/** One server for all tests of the file: a start takes 0.2 s. */
const server = skipWithoutSshd === false ? await startServer() : null;

conformsAsSource('sftp', sftpWorld, skipWithoutSshd);

async function sftpWorld(t: TestContext): Promise<SourceWorld> {
  const base = await tempFolder(t);
  const { sshd, hostKey, key } = server ?? assert.fail();
  return {
    ...onDisk(base),
    options: (change) => ({
      kind: 'sftp',
      host: '127.0.0.1',
      port: sshd.port,
      user: sshd.user,
      auth: { key: { env: 'KEY' } },
      hostKeys: [hostKey],
      attempts: 1,
      ...change,
      path: `${base}/${change.path}`,
    }),
    context: { workdir: join(base, '.work'), secrets: () => key },
    // the server of these tests reads as root where they run as root
    ...(isRoot ? {} : { forbid: (path: string) => forbid(base, path) }),
    display: (path) => `sftp://127.0.0.1${base}/${path}`,
  };
}

async function startServer(): Promise<{ sshd: Sshd; hostKey: string; key: string }> {
  const folder = await tempFolder({ after });
  const hostKey = makeKey(folder, 'host');
  const userKey = makeKey(folder, 'user');
  const sshd = await startSshd({ after }, folder, { hostKey, authorizedKeys: `${userKey}.pub` });
  return { sshd, hostKey: keygenLine(hostKey), key: await readFile(userKey, 'utf8') };
}
