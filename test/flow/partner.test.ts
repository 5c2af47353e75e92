/** Nights with a partner's real SFTP server, from the upload to the report that is put back. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { skipWithoutSshd } from '../read/sshd.ts';
import { input, inputSkip } from '../support/inputs.ts';
import { type Partner, retail, retailDay, retailMembers, startPartner } from '../support/partner.ts';
import { makeWorld, type Summary } from '../world/world.ts';

const ends: (() => Promise<void>)[] = [];
after(async () => {
  for (const end of ends) await end();
});
const base = mkdtempSync(path.join(os.tmpdir(), 'pointferry-partner-'));
after(() => rmSync(base, { recursive: true, force: true }));
const reports = path.join(base, 'reports');
const partner: Partner | null = skipWithoutSshd
  ? null
  : await startPartner({ after: (end) => void ends.push(end) }, base);
const source = (name: string, more: string): string => partner?.source(name, more) ?? `local('none/${name}')`;

const world = await makeWorld({
  receipts: `{
    account: 'hang', operation: 'hang.activity', source: ${source('receipts_', `after: { move: 'taken' }, putBack: '${reports}'`)},
    businessDate: { fileName: 'receipts_{yyyyMMdd}' }, identity: { source: 'till', columns: ['id'] },
    columns: {
      member: { from: 'member', via: 'crosswalk' }, activity_type_id: { constant: 'purchase' },
      value: { from: 'value' }, transaction_timestamp: { from: 'at', format: 'yyyy-MM-dd HH:mm', zone: 'UTC' },
    },
    amount: { from: 'value', currency: 'USD' },
  }`,
  retail: retail('hang', source('20', "after: { move: 'taken' }")),
});
const night = async (pipeline: string): Promise<Summary> => {
  const ran = await world.ferry(['run', pipeline, '--json'], { env: { ...partner?.env } });
  assert.notEqual(ran.out, '', ran.err);
  return JSON.parse(ran.out) as Summary;
};
const requests = async (): Promise<number> => (await world.admin.stats()).hang.requests;

test('what was wrong is put back on the server under the name of its run; a night without errors puts nothing', {
  skip: skipWithoutSshd,
}, async () => {
  if (partner === null) return;
  world.write('m.csv', 'key,member_id\nm1,mem_1\n');
  await world.ferry(['members', 'import', 'm.csv', '--account', 'hang']);
  const header = 'id,member,value,at\n';
  partner.upload(
    'receipts_20260601.csv',
    Buffer.from(`${header}a1,m1,1.00,2026-06-01 10:00\na2,m1,oops,2026-06-01 10:00\n`),
  );
  partner.begin('receipts_20260602.csv', Buffer.from(`${header}a3,m1,1.00,2026-06-02 10:00\n`));
  const first = await night('receipts');
  assert.deepEqual(
    { exitCode: first.exitCode, delivered: first.rows.delivered, rejected: first.rows.rejected },
    { exitCode: 1, delivered: 1, rejected: 1 },
  );
  const name = `receipts_${first.run}_errors.csv`;
  assert.deepEqual(readdirSync(reports), [name]);
  assert.match(readFileSync(path.join(reports, name), 'utf8'), /"a2","m1","oops".*NORMALIZE_NOT_A_NUMBER/);
  partner.upload('receipts_20260602.csv', Buffer.from(`${header}a3,m1,1.00,2026-06-02 10:00\n`));
  const second = await night('receipts');
  assert.deepEqual(
    { exitCode: second.exitCode, delivered: second.rows.delivered },
    { exitCode: 0, delivered: 1 },
  );
  assert.deepEqual(readdirSync(reports), [name]);
  assert.deepEqual(readdirSync(path.join(partner.outbox, 'taken')).sort(), [
    'receipts_20260601.csv',
    'receipts_20260602.csv',
  ]);
  // somebody put a file where the folder was: the night itself is as good as any
  partner.upload('receipts_20260603.csv', Buffer.from(`${header}a4,m1,oops,2026-06-03 10:00\n`));
  rmSync(reports, { recursive: true, force: true });
  writeFileSync(reports, 'in the way');
  const ran = await world.ferry(['run', 'receipts', '--json'], { env: { ...partner.env } });
  assert.equal(ran.code, 1);
  assert.match(ran.err, /could not be put back/);
});

test('Online Retail, ten nights: each day once, books balanced, and no request for a day that is sent again', {
  skip: skipWithoutSshd || inputSkip('online-retail'),
}, async () => {
  if (partner === null) return;
  const days = readdirSync(input('online-retail'))
    .filter((name) => name.endsWith('.csv'))
    .sort()
    .filter((_, i) => i % 15 === 0);
  world.write('retail.csv', retailMembers(days));
  assert.equal((await world.ferry(['members', 'import', 'retail.csv', '--account', 'hang'])).code, 0);
  let read = 0;
  for (const [i, day] of days.entries()) {
    const next = days[i + 1];
    if (next !== undefined) partner.begin(next, retailDay(next));
    partner.upload(day, retailDay(day));
    const summary = await night('retail');
    const { exitCode, balanced, files } = summary;
    assert.deepEqual([day, exitCode, balanced, files.map(({ name }) => name)], [day, 0, true, [day]]);
    read += summary.rows.read ?? 0;
  }
  const before = await requests();
  partner.upload(`2011-06-01_again.csv.gz`, gzipSync(retailDay(days[3] ?? '')));
  const again = await night('retail');
  assert.deepEqual(
    [again.exitCode, again.rows.read, again.files.map(({ verdict }) => verdict)],
    [0, 0, ['duplicate']],
  );
  assert.equal(await requests(), before);
  const effects = await world.admin.summary();
  assert.equal(effects.repeated.length, 0);
  console.log(`${days.length} nights, ${read} rows, ${effects.effects} activities applied`);
});
