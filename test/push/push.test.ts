import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makePushWorld, many } from './support.ts';

test('ready operations are delivered, member by member in order, once each', async (t) => {
  const world = await makePushWorld(t);
  await world.add(many(60, 10));
  const result = await world.push();
  assert.equal(result.ended, 'drained');
  assert.deepEqual(await world.states(), { delivered: 60 });
  const effects = await world.admin.effects();
  assert.equal(effects.length, 60);
  assert.deepEqual((await world.admin.summary()).repeated, []);
  for (let member = 0; member < 10; member++) {
    const mine = effects.filter((effect) => effect.subject === `m${member}`);
    const values = mine.map((effect) => Number((effect as { content?: { value: string } }).content?.value));
    assert.deepEqual(
      values,
      [...values].sort((a, b) => a - b),
    );
  }
  const free = await world.query('select 1 from pointferry.lane where in_flight is not null');
  assert.equal(free.length, 0);
});
