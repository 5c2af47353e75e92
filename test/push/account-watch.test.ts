import assert from 'node:assert/strict';
import test from 'node:test';
import { readWatch, watch } from '../../src/push/account-watch.ts';
import { defaultSettings } from '../../src/push/request.ts';
import type { Push } from '../../src/push/state.ts';
import { stand } from './support.ts';

test('a stop that is lifted while it is looked for does not end the push that lifts it', async (t) => {
  const house = await stand(t);
  await house.query(
    `update pointferry.account set stopped_at = clock_timestamp(), stop_reason = '401' where name = $1`,
    [house.account.name],
  );
  const looking = { db: house.db, scope: { account: house.account.name }, runs: new Set([house.run]) };
  const { stoppedAt } = await readWatch(looking as unknown as Push);
  assert.notEqual(stoppedAt, null);
  const push = {
    ...looking,
    lifting: stoppedAt,
    startedAt: performance.now(),
    settings: defaultSettings,
    pacer: { drop: () => undefined },
  };
  const seen = watch(push as unknown as Push);
  push.lifting = null; // an answer has come meanwhile, and settling it lifts the stop
  assert.equal(await seen, null);
  const later = await watch(push as unknown as Push);
  assert.equal(later?.ended, 'credentials', 'a stop that this push does not lift ends it');
});
