import assert from 'node:assert/strict';
import test from 'node:test';
import { readWatch, type Watched, watch } from '../../src/push/account-watch.ts';
import { defaultSettings } from '../../src/push/settings.ts';
import { makePushWorld } from './support.ts';

test('a stop that is lifted while it is looked for does not end the push that lifts it', async (t) => {
  const world = await makePushWorld(t);
  await world.query(
    `update pointferry.account set stopped_at = clock_timestamp(), stop_reason = '401' where name = $1`,
    [world.account.name],
  );
  const runs = new Set([world.run]);
  const { stoppedAt } = await readWatch(world.db, world.account.name, runs);
  assert.notEqual(stoppedAt, null);
  const booking = { lifting: stoppedAt };
  const push = {
    db: world.db,
    scope: { account: world.account.name },
    hand: { runs },
    pace: { booking, pacer: { drop: () => undefined } },
    startedAt: performance.now(),
    settings: defaultSettings,
  } as unknown as Watched;
  const seen = watch(push);
  booking.lifting = null; // an answer has come meanwhile, and settling it lifts the stop
  assert.equal(await seen, null);
  const later = await watch(push);
  assert.equal(later?.ended, 'credentials', 'a stop that this push does not lift ends it');
});
