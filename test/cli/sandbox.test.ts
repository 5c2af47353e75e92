import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { repository } from '../world/cli.ts';

test('sandbox prints an export for every variable that the sandbox accounts read', async (t) => {
  const workdir = mkdtempSync(path.join(os.tmpdir(), 'pointferry-sandbox-'));
  const child = spawn(path.join(repository, 'pointferry'), ['sandbox', '--workdir', workdir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
    rmSync(workdir, { recursive: true, force: true });
  });
  const printed = new Map<string, string>();
  for await (const line of createInterface({ input: child.stdout })) {
    for (const [, name = '', value = ''] of line.matchAll(/([A-Z_]+)=(\S+)/g)) printed.set(name, value);
    if (printed.has('STICKYSTREET_API_KEY')) break; // on the last line
  }
  assert.deepEqual([...printed.keys()].sort(), variablesOfAccounts());
  assert.equal(printed.get('STICKYSTREET_ACCOUNT_ID'), 'greatwidgets');
});

/** Names in `env('…')` of accounts/*-sandbox.ts, without comments. */
function variablesOfAccounts(): string[] {
  const folder = path.join(repository, 'pipelines/accounts');
  const files = readdirSync(folder).filter((name) => name.endsWith('-sandbox.ts'));
  const lines = files.flatMap((name) => readFileSync(path.join(folder, name), 'utf8').split('\n'));
  const code = lines.filter((line) => !line.trim().startsWith('//')).join('\n');
  return [...code.matchAll(/env\('([A-Z_]+)'\)/g)].map(([, name = '']) => name).sort();
}
