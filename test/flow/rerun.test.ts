import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { withClient } from '../../src/db/pool.ts';
import { makeWorld, type Summary, writePipeline } from '../world/world.ts';

const sales = (name: string, more: { map?: string; identity?: string; group?: boolean } = {}): string => `{
  account: 'hang', operation: 'hang.activity', source: local('${name}/*.csv'),
  identity: { source: '${name}', columns: ['${more.identity ?? 'id'}'] },${more.group ? ` group: { by: 'id' },` : ''}
  columns: {
    member: { from: 'member' },
    activity_type_id: { from: 'type', map: ${more.map ?? `{ sale: 'purchase' }`} },
    value: { ${more.group ? 'sum' : 'from'}: 'value', as: 'decimal' },
    transaction_timestamp: { from: 'at', format: 'yyyy-MM-dd HH:mm', zone: 'UTC' },
  },
  amount: { from: 'value', currency: 'USD' },
}`;
const names = ['refused', 'mapped', 'grouped', 'moved', 'rekeyed', 'killed', 'mixed', 'conflict'];
const world = await makeWorld(
  Object.fromEntries(names.map((name) => [name, sales(name, { group: name === 'grouped' })])),
);
const header = 'id,member,type,value,at\n';
const sale = (id: string, member: string, value: string, type = 'sale'): string =>
  `${id},${member},${type},${value},2026-05-01 10:00\n`;
const sent = async (): Promise<number> => (await world.admin.stats()).hang.requests;
/** summary.json of a run as it stands in its folder now. */
function summaryOf(run: string): Summary {
  const runs = path.join(world.folder, '.pointferry', 'runs');
  const folder = readdirSync(runs).find((name) => name.endsWith(`_${run}`)) ?? '';
  return JSON.parse(readFileSync(path.join(runs, folder, 'summary.json'), 'utf8'));
}
const attemptsOf = (subject: string) =>
  withClient(world.database.db, async (client) => {
    const { rows } = await client.query<{ revision: number; key: string }>(
      `select a.revision, a.body::json->>'idempotency_key' as key
         from pointferry.attempt a join pointferry.operation o on o.id = a.operation
        where o.subject = $1 order by a.id`,
      [subject],
    );
    return rows;
  });

test('what the platform refused goes again as it is under the same key, in the books of the run that read it', async () => {
  world.write('refused/a.csv', header + sale('r1', 'mem_r1', '5.00') + sale('r2', 'mem_r2', '7.00'));
  await world.admin.setFaults([{ subject: 'mem_r1', count: 1, do: { kind: 'status', status: 422 } }]);
  const night = await world.summary(['run', 'refused']);
  assert.deepEqual(
    { exitCode: night.exitCode, failed: night.rows.failed, delivered: night.rows.delivered },
    { exitCode: 1, failed: 1, delivered: 1 },
  );
  const again = await world.summary(['rerun', night.run]);
  assert.deepEqual(
    { exitCode: again.exitCode, mode: again.mode, rows: again.rows, of: again.of },
    { exitCode: 0, mode: 'rerun', rows: null, of: [night.run] },
  );
  assert.deepEqual(
    { read: again.selected?.read, delivered: again.selected?.delivered, sent: again.requests.sent },
    { read: 1, delivered: 1, sent: 1 },
  );
  const after = summaryOf(night.run);
  assert.deepEqual(
    {
      exitCode: after.exitCode,
      status: after.status,
      delivered: after.rows.delivered,
      failed: after.rows.failed,
      balanced: after.balanced,
    },
    { exitCode: 0, status: 'completed', delivered: 2, failed: 0, balanced: true },
  );
  assert.deepEqual(
    { version: after.version, delivered: after.amount?.USD?.delivered },
    { version: 2, delivered: '12.00' },
  );
  const attempts = await attemptsOf('mem_r1');
  assert.deepEqual(
    attempts.map(({ revision }) => revision),
    [0, 0],
  );
  assert.equal(attempts[0]?.key, attempts[1]?.key);
});

test('a rerun of finished work sends nothing, says so, and is no run', async () => {
  const before = await sent();
  const runs = readdirSync(path.join(world.folder, '.pointferry', 'runs')).length;
  const done = await world.ferry(['rerun', 'refused@last']);
  assert.deepEqual({ code: done.code, sent: await sent() }, { code: 0, sent: before }, done.err);
  assert.match(done.out, /nothing of r\w+ is to be sent again/);
  assert.equal(readdirSync(path.join(world.folder, '.pointferry', 'runs')).length, runs);
});

test("with today's mapping: by group, a rejected row is sent for the first time, a failed one under a new key", async () => {
  world.write(
    'mapped/a.csv',
    header + sale('m1', 'mem_m1', '1.00') + sale('m2', 'mem_m2', '2.00', 'gift') + sale('m3', 'mem_m3', 'x'),
  );
  await world.admin.setFaults([{ subject: 'mem_m1', count: 1, do: { kind: 'status', status: 422 } }]);
  const night = await world.summary(['run', 'mapped']);
  assert.deepEqual({ failed: night.rows.failed, rejected: night.rows.rejected }, { failed: 1, rejected: 2 });
  writePipeline(world, 'mapped', sales('mapped', { map: `{ sale: 'bought', gift: 'given' }` }));
  const number = (code: string): string =>
    String(night.errors.find((error) => error.code === code)?.group ?? '');
  const first = await world.summary(['rerun', night.run, '--group', number('NORMALIZE_NOT_IN_LIST')]);
  assert.deepEqual(
    { exitCode: first.exitCode, read: first.selected?.read, delivered: first.selected?.delivered },
    { exitCode: 0, read: 1, delivered: 1 },
  );
  const second = await world.summary(['rerun', night.run, '--stage', 'push']);
  assert.deepEqual(
    { exitCode: second.exitCode, read: second.selected?.read, delivered: second.selected?.delivered },
    { exitCode: 0, read: 1, delivered: 1 },
  );
  const attempts = await attemptsOf('mem_m1');
  assert.deepEqual(
    attempts.map(({ revision }) => revision),
    [0, 1],
  );
  assert.notEqual(attempts[0]?.key, attempts[1]?.key);
  const third = await world.summary(['rerun', night.run]);
  assert.deepEqual(
    { exitCode: third.exitCode, rejected: third.selected?.rejected },
    { exitCode: 1, rejected: 1 },
    'still no number',
  );
  const after = summaryOf(night.run);
  assert.deepEqual(
    { exitCode: after.exitCode, delivered: after.rows.delivered, rejected: after.rows.rejected },
    { exitCode: 1, delivered: 2, rejected: 1 },
  );
  const types = (await world.admin.effects({ subject: 'mem_m2' })).map((effect) => effect.type);
  assert.equal(types.length, 1);
});

test('a selection widens to whole transactions, and says so', async () => {
  const lines =
    sale('g1', 'mem_g1', '1.00') + sale('g1', 'mem_g1', '2.00', 'gift') + sale('g2', 'mem_g2', '4.00');
  world.write('grouped/a.csv', header + lines);
  const night = await world.summary(['run', 'grouped']);
  assert.deepEqual(
    { rejected: night.rows.rejected, delivered: night.rows.delivered },
    { rejected: 2, delivered: 1 },
  );
  writePipeline(
    world,
    'grouped',
    sales('grouped', { group: true, map: `{ sale: 'bought', gift: 'bought' }` }),
  );
  const again = await world.ferry(['rerun', night.run, '--code', 'NORMALIZE_NOT_IN_LIST']);
  assert.equal(again.code, 0, again.err);
  assert.match(again.out, /1 row of r\w+, and 1 more of the same transactions/);
  const effects = await world.admin.effects({ subject: 'mem_g1' });
  assert.equal(effects.length, 1);
  assert.equal(summaryOf(night.run).amount?.USD?.delivered, '7.00');
});

test('a changed identity is refused where there is history: 78, nothing sent', async () => {
  world.write('moved/a.csv', header + sale('v1', 'mem_v1', 'x'));
  const night = await world.summary(['run', 'moved']);
  writePipeline(world, 'moved', sales('moved', { identity: 'member' }));
  const before = await sent();
  const again = await world.ferry(['rerun', night.run]);
  assert.equal(again.code, 78);
  assert.match(again.err, /another identity now/);
  assert.equal(await sent(), before);
  assert.equal((await world.ferry(['rerun', night.run, '--group', '9'])).code, 64);
  assert.equal((await world.ferry(['rerun', 'r9zzz'])).code, 64);
});

test('a run under another identity is refused where there is history, until the source has another name', async () => {
  world.write('rekeyed/a.csv', header + sale('n1', 'mem_n1', '1.00'));
  await world.summary(['run', 'rekeyed']);
  const runs = readdirSync(path.join(world.folder, '.pointferry', 'runs')).length;
  const literal = sales('rekeyed', { identity: 'at' });
  writePipeline(world, 'rekeyed', literal);
  world.write('rekeyed/b.csv', header + sale('n1', 'mem_n1', '1.00') + sale('n2', 'mem_n2', '1.00'));
  const before = await sent();
  for (const verb of ['run', 'plan']) {
    const refused = await world.ferry([verb, 'rekeyed']);
    assert.equal(refused.code, 78, verb);
    assert.match(refused.err, /another identity now than in r\w+.*would be sent again/);
    assert.match(refused.err, /another identity.source than 'rekeyed'/);
  }
  assert.equal(await sent(), before);
  assert.equal(readdirSync(path.join(world.folder, '.pointferry', 'runs')).length, runs);
  writePipeline(world, 'rekeyed', literal.replace("source: 'rekeyed'", "source: 'rekeyed-2'"));
  assert.equal((await world.summary(['run', 'rekeyed'])).rows.read, 2);
});

test('a killed rerun is gone on with by resume, and nothing is sent twice', async () => {
  const rows = Array.from({ length: 20 }, (_, i) => sale(`k${i}`, `mem_k${i}`, '1.00')).join('');
  world.write('killed/a.csv', header + rows);
  await world.admin.setFaults([{ route: 'hang.activity', count: 20, do: { kind: 'status', status: 422 } }]);
  const night = await world.summary(['run', 'killed']);
  assert.equal(night.rows.failed, 20);
  await world.admin.setFaults([]);
  for (const [point, at] of [
    ['normalize/before-chunk-commit', 1],
    ['push/after-send', 5],
  ] as const) {
    const words = point.startsWith('push') ? ['resume'] : ['rerun', night.run];
    await world.killedAt(point, words, { at });
  }
  const seen = await world.ferry(['status']);
  // until the lease of the dead process has run out it is taken for running
  assert.match(seen.out, /killed \(rerun\) +r\w+ +(running|interrupted) +20 /);
  const resumed = await world.summary(['resume']);
  assert.doesNotMatch(
    (await world.ferry(['status'])).out,
    /\(rerun\)/,
    'a finished rerun is a view of other runs',
  );
  assert.deepEqual(
    { exitCode: resumed.exitCode, mode: resumed.mode, delivered: resumed.selected?.delivered },
    { exitCode: 0, mode: 'rerun', delivered: 20 },
  );
  assert.deepEqual((await world.admin.summary()).repeated, []);
  assert.deepEqual([summaryOf(night.run).exitCode, summaryOf(night.run).rows.delivered], [0, 20]);
});

test('unknown rows are left to a person, and since takes only what was refused lately', async () => {
  world.write('mixed/a.csv', header + sale('x1', 'mem_x1', 'x'));
  const night = await world.summary(['run', 'mixed']);
  const later = new Date(Date.now() + 3_600_000).toISOString();
  const none = await world.ferry(['rerun', night.run, '--since', later]);
  assert.deepEqual({ code: none.code, says: /nothing of/.test(none.out) }, { code: 0, says: true });
  const all = await world.summary(['rerun', night.run, '--since', '1h']);
  assert.deepEqual(
    { exitCode: all.exitCode, rejected: all.selected?.rejected },
    { exitCode: 1, rejected: 1 },
  );
  await withClient(world.database.db, (client) =>
    client.query(`update pointferry.operation set state = 'unknown', code = 'PUSH_OUTCOME_UNKNOWN'
      where id = (select operation from pointferry.row r join pointferry.file f on f.id = r.file
                   where f.pipeline = 'refused' and operation is not null limit 1)`),
  );
  const unknown = await world.ferry(['rerun', 'refused@last']);
  assert.deepEqual({ code: unknown.code, says: /nothing of/.test(unknown.out) }, { code: 0, says: true });
  assert.match(unknown.err, /1 row of unknown outcome left alone/);
});

test('a conflict is settled by what a rerun is given: the earlier version is replaced once the new one is accepted', async () => {
  world.write('conflict/a.csv', header + sale('c1', 'mem_c1', '1.00'));
  await world.admin.setFaults([{ subject: 'mem_c1', count: 1, do: { kind: 'status', status: 422 } }]);
  const first = await world.summary(['run', 'conflict']);
  assert.equal(first.rows.failed, 1);
  world.write('conflict/b.csv', header + sale('c1', 'mem_c1', '2.00'));
  const second = await world.summary(['run', 'conflict']);
  assert.equal(second.rows.rejected, 1);
  const again = await world.summary(['rerun', second.run]);
  assert.deepEqual(
    { exitCode: again.exitCode, delivered: again.selected?.delivered },
    { exitCode: 0, delivered: 1 },
  );
  assert.deepEqual([summaryOf(second.run).rows.delivered, summaryOf(first.run).rows.duplicate], [1, 1]);
  assert.deepEqual([summaryOf(first.run).exitCode, summaryOf(first.run).balanced], [0, true]);
  assert.equal((await world.admin.effects({ subject: 'mem_c1' })).length, 1);
});

test('cells of a whole transaction are found on a row of it that is not sent', async () => {
  const filled = (map: string): string => `{
    account: 'hang', operation: 'hang.activity', source: local('filled/*.csv'),
    identity: { source: 'filled', columns: ['id'] }, group: { by: 'id', fill: ['member', 'at'] }, where: { type: { not: 'header' } },
    columns: {
      member: { from: 'member' }, activity_type_id: { constant: 'purchase' }, value: { sum: 'value', as: 'decimal' },
      line_items: { item_id: { from: 'type', map: ${map} }, value: { from: 'value', as: 'decimal' } },
      transaction_timestamp: { from: 'at', format: 'yyyy-MM-dd HH:mm', zone: 'UTC' },
    },
  }`;
  writePipeline(world, 'filled', filled(`{ sale: 's' }`));
  world.write(
    'filled/a.csv',
    `${header}f1,mem_f1,header,0,2026-05-01 10:00\nf1,,sale,1.00,\nf1,,gift,2.00,\n`,
  );
  const night = await world.summary(['run', 'filled']);
  assert.deepEqual(
    { filtered: night.rows.filtered, rejected: night.rows.rejected },
    { filtered: 1, rejected: 2 },
    JSON.stringify(night.errors),
  );
  writePipeline(world, 'filled', filled(`{ sale: 's', gift: 'g' }`));
  const again = await world.summary(['rerun', night.run]);
  assert.deepEqual(
    { exitCode: again.exitCode, delivered: again.selected?.delivered, filtered: again.selected?.filtered },
    { exitCode: 0, delivered: 2, filtered: 1 },
  );
  assert.equal((await world.admin.effects({ subject: 'mem_f1' })).length, 1);
});

test('a process is registered under the verb that was typed', async () => {
  const { rows } = await withClient(world.database.db, (client) =>
    client.query<{ verb: string }>('select distinct verb from pointferry.owner order by verb'),
  );
  assert.deepEqual(
    rows.map(({ verb }) => verb),
    ['rerun', 'resume', 'run'],
  );
});
