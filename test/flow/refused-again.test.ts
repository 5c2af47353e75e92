/** Sent, no answer, sent again and refused: nobody knows of the first request, and nothing goes out under a new key. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { withClient } from '../../src/db/pool.ts';
import type { Fault } from '../../src/sandbox/faults.ts';
import { inDollars, salesPipeline } from '../world/pipelines.ts';
import { makeWorld, runFile, type Summary, shortDeadline } from '../world/world.ts';

const world = await makeWorld(
  {
    sales: salesPipeline('sales', {
      source: `local('in/sales_*.csv')`,
      till: 'till',
      more: `${inDollars} businessDate: { fileName: 'sales_{yyyyMMdd}' },`,
    }),
  },
  shortDeadline,
);
const refused: Fault['do'] = { kind: 'status', status: 404 };

let days = 0;
/** A night of one sale, and what the platform does to its requests, one after another. */
async function night(id: string, value: string, does: readonly Fault['do'][]) {
  days += 1;
  const file = `in/sales_202607${String(days).padStart(2, '0')}.csv`;
  const member = `mem_${id}`;
  const write = (amount: string): string =>
    world.write(file, `id,member,value,at\n${id},${member},${amount},2026-07-01 10:00\n`);
  await world.admin.setFaults(does.map((each, i) => ({ subject: member, nth: [i + 1], do: each })));
  write(value);
  const first = await world.summary(['run', 'sales']);
  return {
    first,
    /** The partner corrects the file, and the next night takes it. */
    correct(amount: string, ...flags: readonly string[]): Promise<Summary> {
      write(amount);
      return world.summary(['run', 'sales', ...flags]);
    },
    effects: () => world.admin.effects({ subject: member }),
    keys: async () => {
      const { rows } = await withClient(world.database.db, (client) =>
        client.query<{ keys: number; revision: number }>(
          `select count(distinct a.body::json->>'idempotency_key') as keys, max(a.revision) as revision
             from pointferry.attempt a join pointferry.operation o on o.id = a.operation where o.subject = $1`,
          [member],
        ),
      );
      return rows[0];
    },
  };
}
const bucketOf = (rows: Summary['selected']): string[] =>
  Object.entries(rows ?? {}).flatMap(([name, count]) =>
    name !== 'read' && count > 0 ? [`${name} ${count}`] : [],
  );
const bucket = ({ rows }: Summary): string[] => bucketOf(rows);

test('applied, cut, and refused when sent again: unknown; a correction and a rerun send nothing under a new key', async () => {
  const sale = await night('T-1', '5.00', [{ kind: 'cut', applied: true }, refused]);
  assert.deepEqual([sale.first.exitCode, bucket(sale.first)], [1, ['unknown 1']]);
  const errors = runFile(world, 'sales', 'errors.csv');
  assert.match(errors, /PUSH_OUTCOME_UNKNOWN/);
  assert.match(errors, /was refused: SANDBOX_FAULT","404","SANDBOX_FAULT"/);
  const corrected = await sale.correct('6.00');
  assert.deepEqual([corrected.exitCode, bucket(corrected)], [1, ['rejected 1']]);
  assert.match(
    runFile(world, 'sales', 'errors.csv'),
    /NORMALIZE_CHANGED_AFTER_DELIVERY.*sent with 5\.00, now 6\.00/,
  );
  const edited = world.write('edited.csv', errors.replace('"5.00"', '"6.00"'));
  for (const words of [
    ['rerun', sale.first.run],
    ['rerun', sale.first.run, '--from', edited, '--accept', 'value'],
    ['rerun', corrected.run],
  ])
    await world.ferry(words);
  const applied = await sale.effects();
  assert.deepEqual(
    applied.map((effect) => ('content' in effect ? (effect.content as { value: string }).value : null)),
    ['5.00'],
  );
  assert.deepEqual(await sale.keys(), { keys: 1, revision: 0 });

  const group = String(sale.first.errors[0]?.group);
  const settle = (as: string) =>
    world.ferry(['settle', sale.first.run, '--group', group, '--as', as, '--note', 'asked them']);
  // a person says "again": the same key, and a refusal is no answer about the first request this time either
  await world.admin.setFaults([{ subject: 'mem_T-1', nth: [1], do: refused }]);
  assert.equal((await settle('retry')).code, 0);
  assert.deepEqual(bucket(await world.summary(['resume', sale.first.run])), ['unknown 1']);
  assert.equal((await settle('retry')).code, 0);
  const again = await world.summary(['resume', sale.first.run]);
  assert.deepEqual([again.exitCode, bucket(again)], [0, ['delivered 1']]);
  assert.equal((await sale.effects()).length, 1);
  assert.deepEqual(await sale.keys(), { keys: 1, revision: 0 });
});

test('a person says to send it again, and a correction comes first: it was sent before, and takes no new key', async () => {
  const sale = await night('T-4', '5.00', [{ kind: 'cut', applied: true }, refused]);
  const group = String(sale.first.errors[0]?.group);
  const words = ['settle', sale.first.run, '--group', group, '--as', 'retry', '--note', 'they say: again'];
  assert.equal((await world.ferry(words)).code, 0);
  const corrected = await sale.correct('6.00', '--only-new');
  assert.deepEqual(bucket(corrected), ['rejected 1']);
  assert.match(runFile(world, 'sales', 'errors.csv'), /NORMALIZE_CHANGED_AFTER_DELIVERY/);
  assert.deepEqual(bucketOf((await world.summary(['rerun', corrected.run])).selected), ['rejected 1']);
  assert.deepEqual(bucket(await world.summary(['resume', sale.first.run])), ['delivered 1']);
  assert.deepEqual(await sale.keys(), { keys: 1, revision: 0 });
  assert.equal((await sale.effects()).length, 1);
});

test('a person says that it was not applied: then a correction takes its place', async () => {
  const sale = await night('T-2', '5.00', [{ kind: 'cut', applied: false }, refused]);
  assert.deepEqual(bucket(sale.first), ['unknown 1']);
  const group = String(sale.first.errors[0]?.group);
  const words = ['settle', sale.first.run, '--group', group, '--as', 'failed', '--note', 'not there'];
  assert.equal((await world.ferry(words)).code, 0);
  assert.deepEqual(bucket(await sale.correct('6.00')), ['delivered 1']);
  assert.deepEqual(await sale.keys(), { keys: 2, revision: 1 });
  assert.equal((await sale.effects()).length, 1);
});

test('refused, and never in doubt: failed, and a correction takes its place', async () => {
  const sale = await night('T-3', '5.00', [refused]);
  assert.deepEqual([sale.first.exitCode, bucket(sale.first)], [1, ['failed 1']]);
  assert.deepEqual(bucket(await sale.correct('6.00')), ['delivered 1']);
  assert.deepEqual(await sale.keys(), { keys: 2, revision: 1 });
  assert.equal((await sale.effects()).length, 1);
});
