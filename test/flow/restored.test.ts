import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { openDatabase, withConnection } from '../../src/db/pool.ts';
import { makeWorld } from '../world/world.ts';

const sales = `{
  account: 'hang', operation: 'hang.activity',
  source: local({ path: 'in/sales*.csv' }),
  identity: { source: 'pos', columns: ['id'] },
  columns: {
    member: { from: 'card', as: 'text' }, activity_type_id: { constant: 'purchase' },
    value: { from: 'total', as: 'decimal' },
    transaction_timestamp: { from: 'when', as: 'timestamp', format: "yyyy-MM-dd'T'HH:mm:ss", zone: 'UTC' },
  },
  amount: { from: 'total', per: 'row', currency: 'USD' },
}`;
const world = await makeWorld({ sales });
const night = (n: number): void => {
  const rows = Array.from({ length: 5 }, (_none, i) => `T${n}-${i},2026-05-1${n}T08:00:00,m${i},1.00`);
  world.write(`in/sales-${n}.csv`, `${['id,when,card,total', ...rows].join('\n')}\n`);
};
const at = (database: string): string => {
  const url = new URL(world.database.url);
  url.pathname = `/${database}`;
  return url.href;
};
const admin = openDatabase(at('postgres'), { max: 1 });
const backup = `${world.database.name}_backup`;

test('a ledger restored from an older backup sends nothing until a person accepts it', async (t) => {
  t.after(async () => {
    await withConnection(admin, (client) => client.query(`drop database if exists ${backup} with (force)`));
    await admin.close();
  });
  night(1);
  assert.equal((await world.ferry(['run', 'sales'])).code, 0);
  await world.database.db.close(); // a template must have no other connection
  await withConnection(admin, (client) =>
    client.query(`create database ${backup} template ${world.database.name}`),
  );
  night(2);
  assert.equal((await world.ferry(['run', 'sales'])).code, 0);
  const sent = async (): Promise<number> => (await world.admin.health()).requests;
  const before = await sent();
  assert.equal(before, 10);

  night(3);
  const env = { DATABASE_URL: at(backup) };
  for (const words of [['run', 'sales'], ['run', 'sales', '--yes'], ['resume']]) {
    const refused = await world.ferry(words, { env });
    if (words[0] === 'resume') continue; // nothing to go on with
    assert.equal(refused.code, 3, words.join(' '));
    assert.match(refused.err, /LEDGER_WENT_BACK.*newest process/);
    assert.match(refused.err, /pointferry accept-ledger --note/);
  }
  assert.equal((await world.ferry(['accept-ledger'], { env })).code, 64);
  assert.equal((await world.ferry(['accept-ledger', '--yes'], { env })).code, 64);
  assert.equal((await world.ferry(['accept-ledger', '--dry-run'], { env })).code, 3);
  assert.equal(await sent(), before, 'nothing has left');

  const accepted = await world.ferry(['accept-ledger', '--note', 'restored by hand'], { env });
  assert.equal(accepted.code, 0, accepted.err);
  assert.equal((await world.ferry(['run', 'sales'], { env })).code, 0);
  assert.equal(await sent(), before + 10, 'nights 2 and 3, the second of them again');
  const again = await world.ferry(['accept-ledger', '--note', 'twice'], { env });
  assert.match(again.out, /nothing to accept/);
});

test('the mark is kept by ledger id in the work folder, or where POINTFERRY_LEDGER_DIR says', async () => {
  const marks = path.join(world.folder, '.pointferry', 'ledgers');
  const [file = ''] = readdirSync(marks);
  assert.equal(readdirSync(marks).length, 1);
  const mark = JSON.parse(readFileSync(path.join(marks, file), 'utf8')) as { id: string; newest: number };
  assert.equal(file, `${mark.id}.json`);
  assert.ok(mark.newest > 0);
  const lasting = path.join(world.folder, 'lasting');
  assert.equal((await world.ferry(['run', 'sales'], { env: { POINTFERRY_LEDGER_DIR: lasting } })).code, 0);
  assert.deepEqual(readdirSync(lasting), [file]);
  rmSync(lasting, { recursive: true });
});

test('doctor says which ledger it is, and whether this folder would notice that it went back', async () => {
  const env = { POINTFERRY_LEDGER_DIR: path.join(world.folder, 'new') };
  const ledger = async (): Promise<string | undefined> => {
    const { out } = await world.ferry(['doctor', '--json'], { env });
    const { findings } = JSON.parse(out) as { findings: { what: string; state: string }[] };
    return findings.find(({ what }) => what === 'ledger')?.state;
  };
  assert.equal(await ledger(), 'mind', 'nobody has seen it from here');
  assert.equal((await world.ferry(['run', 'sales'], { env })).code, 0);
  assert.equal(await ledger(), 'ok');
});
