/** A platform that has moved: what was in doubt at its old address is sent again to the new one, and to no other. */
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { adminOf } from '../../src/sandbox/admin.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { inDollars, salesPipeline } from '../world/pipelines.ts';
import { makeWorld, shortDeadline } from '../world/world.ts';

const world = await makeWorld(
  {
    sales: salesPipeline('sales', { source: `local('in/sales_*.csv')`, till: 'till', more: inDollars }),
  },
  shortDeadline,
);

test('base URL and key change while one row is in doubt: refused, accepted, and then sent to the new address alone', async (t) => {
  world.write('in/sales_1.csv', 'id,member,value,at\nT-1,mem_1,5.00,2026-05-01 10:00\n');
  await world.admin.setFaults([{ route: 'hang.activity', do: { kind: 'cut', applied: false } }]);
  const running = world.start(['run', 'sales', '--json']);
  await world.admin.waitForRequests(1, { timeoutMs: 60_000 });
  running.signal('SIGTERM');
  const first = await running.ended;
  assert.equal(first.code, 4, first.stderr);
  const seen = (await world.admin.stats()).hang.requests;

  const elsewhere = await startSandbox({
    journal: path.join(world.folder, 'elsewhere.jsonl'),
    switches: { hang: { autoMembers: true } },
    credentials: { hang: { apiKeys: ['a-new-key'] } },
  });
  t.after(() => elsewhere.close());
  const env = {
    HANG_BASE_URL: `http://localhost:${new URL(elsewhere.url).port}/partner-api`,
    HANG_API_KEY: 'a-new-key',
  };
  const refused = await world.ferry(['run', 'sales'], { env });
  assert.equal(refused.code, 78);
  assert.match(refused.err, /unpause hang --accept-address/);
  assert.equal((await world.ferry(['unpause', 'hang', '--accept-address'], { env })).code, 0);
  const second = await world.ferry(['run', 'sales'], { env });
  assert.equal(second.code, 0, second.err);
  assert.equal((await world.admin.stats()).hang.requests, seen, 'the old address');
  const there = adminOf(elsewhere.url);
  assert.equal((await there.effects({ subject: 'mem_1' })).length, 1);
  assert.equal((await there.stats()).hang.requests, 1);
});
