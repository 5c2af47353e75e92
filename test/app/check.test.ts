import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { openApp } from '../../src/app/app.ts';
import { check } from '../../src/app/definitions.ts';
import { tempFolder } from '../read/support.ts';

const account = `import { defineAccount, env } from 'pointferry';
export default defineAccount({ platform: 'hang', stage: 'sandbox', baseUrl: env('HANG_BASE_URL'), apiKey: env('HANG_API_KEY') });`;

const pipeline = `import { definePipeline, env, sftp } from 'pointferry';
export default definePipeline({
  account: 'hang-us', operation: 'hang.activity', identity: { source: 'pos', columns: ['id'] },
  source: sftp({ host: '127.0.0.1', port: 1, user: 'partner', auth: { password: env('PARTNER_PASSWORD') }, hostKeys: ['SHA256:${'x'.repeat(43)}'], path: '/out/*.csv' }),
  columns: { member: { from: 'm' }, activity_type_id: { constant: 'a' }, value: { from: 'v' }, transaction_timestamp: { from: 'at', zone: 'UTC' } },
});`;

test('check --online names the variables and the address that a source lacks, as it does those of accounts', async (t) => {
  const folder = await tempFolder(t);
  mkdirSync(path.join(folder, 'accounts'));
  writeFileSync(path.join(folder, 'accounts/hang-us.ts'), account);
  writeFileSync(path.join(folder, 'pos.ts'), pipeline);
  const env = { HANG_BASE_URL: 'http://127.0.0.1:1', HANG_API_KEY: 'key' };
  const app = openApp({
    pipelines: folder,
    workdir: folder,
    env,
    log: () => undefined,
    actor: 'test',
  });
  const found = async (online: boolean) =>
    (await check(app, { pipeline: null, online })).problems.map(({ file, reason }) => `${file}: ${reason}`);
  assert.deepEqual(await found(false), []);
  assert.deepEqual(await found(true), [
    'pos.ts: PARTNER_PASSWORD is not set',
    'pos.ts: 127.0.0.1:1 cannot be reached: ECONNREFUSED',
  ]);
});
