import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import test, { type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { identityOf, isDead, type ProcessIdentity } from '../../src/ground/process.ts';

const module = fileURLToPath(new URL('../../src/ground/process.ts', import.meta.url));

/** A process that waits to be killed, and says who it is first. */
const sleeper = `import { identityOf } from '${module}';
  console.log(JSON.stringify(await identityOf(process.pid)));
  setInterval(() => {}, 1000);`;

async function startSleeper(
  t: TestContext,
  before: readonly string[] = [],
): Promise<{ child: ChildProcess; who: ProcessIdentity }> {
  const [command = '', ...args] = [...before, process.execPath, '--input-type=module', '-e', sleeper];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => void child.kill('SIGKILL'));
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return { child, who: JSON.parse(String(line)) as ProcessIdentity };
}

/** What a process started by `before` says of another one. */
async function judgedFrom(before: readonly string[], who: ProcessIdentity): Promise<unknown> {
  const [command = '', ...args] = [
    ...before,
    process.execPath,
    '--input-type=module',
    '-e',
    `import { isDead } from '${module}'; console.log(JSON.stringify(await isDead(${JSON.stringify(who)})));`,
  ];
  const { stdout } = await promisify(execFile)(command, args, { timeout: 20_000 });
  return JSON.parse(stdout);
}

const mayUnshare = spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'true']).status === 0;
const skip = mayUnshare ? false : 'this machine lets nobody make namespaces';
const otherNamespace = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];
/** /proc as a system shows it that hides the processes of other users, and such a user. */
const hidden = [
  'unshare',
  '--mount',
  'sh',
  '-c',
  // a proc of its own: remounting would hide processes from the whole machine
  'mount -t proc -o hidepid=2 proc /proc && exec setpriv --reuid 65534 --regid 65534 --clear-groups "$@"',
  'sh',
];

test('a process is alive while it is there and dead once it was killed', async (t) => {
  const { child, who } = await startSleeper(t);
  assert.equal(await isDead(who), false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.equal(await isDead(who), true);
});

test('a pid that another process has by now belongs to a dead one', async () => {
  const me = await identityOf(process.pid);
  assert.equal(await isDead(me), false);
  assert.equal(await isDead({ ...me, start: '1' }), true);
});

test('nothing is known of another host, another boot, or a process without a namespace', async () => {
  const me = await identityOf(process.pid);
  const gone = { ...me, pid: 4_000_000 };
  assert.equal(await isDead(gone), true);
  for (const other of [{ host: 'elsewhere' }, { bootId: 'earlier' }, { namespace: '' }])
    assert.equal(await isDead({ ...gone, ...other }), null, JSON.stringify(other));
});

test('nothing is known of a process in another pid namespace, in either direction', { skip }, async (t) => {
  const inside = await startSleeper(t, otherNamespace);
  assert.equal(await isDead(inside.who), null);
  const outside = await startSleeper(t);
  assert.equal(await judgedFrom(otherNamespace, outside.who), null);
});

test('a process that /proc hides is not dead', { skip }, async (t) => {
  const { child, who } = await startSleeper(t);
  assert.equal(await judgedFrom(hidden, who), null);
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.equal(await judgedFrom(hidden, who), true);
});
