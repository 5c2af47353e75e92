import assert from 'node:assert/strict';
import test from 'node:test';
import { withClient } from '../../src/db/pool.ts';
import { ensureAccount } from '../../src/ledger/begin-run.ts';
import { acceptAddress, pauseAccount, unpauseAccount } from '../../src/ledger/control.ts';
import { cloneDatabase } from '../support/postgres.ts';

const { db } = await cloneDatabase();
await ensureAccount(db, { name: 'door', platform: 'hang', stage: 'sandbox' });

const account = async () =>
  withClient(
    db,
    async (client) =>
      (await client.query(`select origin, paused_until, stopped_at, breaker from pointferry.account`))
        .rows[0],
  );
const decided = async () =>
  withClient(db, async (client) =>
    (await client.query<{ verb: string }>('select verb from pointferry.decision order by id')).rows.map(
      (row) => row.verb,
    ),
  );

test('a pause holds until it is lifted, and both are recorded with who did it', async () => {
  await pauseAccount(db, 'door', { actor: 'ann', until: null, note: 'they asked' });
  assert.notEqual((await account())?.paused_until, null);
  await unpauseAccount(db, 'door', 'ann');
  assert.deepEqual(await account(), {
    origin: null,
    paused_until: null,
    stopped_at: null,
    breaker: 'closed',
  });
  assert.deepEqual(await decided(), ['pause', 'unpause']);
});

test('another address is forgotten only when a person says so', async () => {
  await withClient(db, (client) =>
    client.query(`update pointferry.account set origin = 'https://old.example'`),
  );
  await unpauseAccount(db, 'door', 'ann');
  assert.equal((await account())?.origin, 'https://old.example');
  await acceptAddress(db, 'door', 'ann');
  assert.equal((await account())?.origin, null);
  assert.equal((await decided()).at(-1), 'accept-address');
});

test('an account that no run has used is named as such', async () => {
  await assert.rejects(acceptAddress(db, 'nobody', 'ann'), { code: 'CONFIG_USAGE' });
});
