/** A process that lives long loads pipelines as they are now, not as they were at its start. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { loadAll } from '../../src/pipeline/load.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'pointferry-load-'));
after(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(path.join(folder, 'accounts'));
const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);
const descriptions = async (): Promise<Record<string, unknown>> => {
  const { pipelines, accounts } = await loadAll(folder);
  return Object.fromEntries([
    ...pipelines.map(({ name, pipeline }) => [name, pipeline.description]),
    ...accounts.map(({ name, account }) => [name, account.stage]),
  ]);
};

test('an edited pipeline, what it imports, and an edited account are loaded again', async () => {
  write('accounts/shop.ts', `export default { stage: 'sandbox' };\n`);
  write('base.ts', `export default { description: 'one' };\n`);
  write('from-base.ts', `import base from './base.ts';\nexport default { ...base };\n`);
  assert.deepEqual(await descriptions(), { base: 'one', 'from-base': 'one', shop: 'sandbox' });
  write('base.ts', `export default { description: 'another' };\n`);
  write('accounts/shop.ts', `export default { stage: 'staging' };\n`);
  assert.deepEqual(await descriptions(), { base: 'another', 'from-base': 'another', shop: 'staging' });
  assert.deepEqual(await descriptions(), { base: 'another', 'from-base': 'another', shop: 'staging' });
});

test('a new file is found, and one that is gone is not', async () => {
  write('late.ts', `export default { description: 'late' };\n`);
  rmSync(path.join(folder, 'from-base.ts'));
  assert.deepEqual(await descriptions(), { base: 'another', late: 'late', shop: 'staging' });
});
