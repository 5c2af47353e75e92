import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { checkFolder } from '../../src/check/check.ts';
import { findPipeline } from '../../src/check/find.ts';
import type { PointferryError } from '../../src/ground/errors.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'pointferry-check-'));
after(() => rmSync(root, { recursive: true }));

const hang = `import { defineAccount, env } from 'pointferry';
export default defineAccount({ platform: 'hang', stage: 'sandbox', baseUrl: env('HANG_BASE_URL'), apiKey: env('HANG_API_KEY') });`;

const good = `
  account: 'hang-us', operation: 'hang.activity', source: local('in/*.csv'), identity: { source: 'pos', columns: ['id'] },
  columns: { member: { from: 'm' }, activity_type_id: { constant: 'a' }, value: { from: 'v' }, transaction_timestamp: { from: 'at', zone: 'UTC' } },`;

let folders = 0;
/** A folder outside of this checkout, as people have it. */
function folder(files: Readonly<Record<string, string>>): string {
  const dir = path.join(root, String(++folders));
  mkdirSync(path.join(dir, 'accounts'), { recursive: true });
  for (const [name, text] of Object.entries({ 'accounts/hang-us.ts': hang, ...files }))
    writeFileSync(path.join(dir, name), text);
  return dir;
}
const pipeline = (body: string): string =>
  `import { definePipeline, env, local, sftp } from 'pointferry';\nexport default definePipeline({${body}} as never);`;

async function problems(body: string, more: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const checked = await checkFolder(folder({ 'p.ts': pipeline(body), ...more }));
  return checked.problems.map((problem) => `${problem.path}: ${problem.reason}`);
}

test('a good pipeline of a folder outside is loaded as data', async () => {
  const dir = folder({ 'pos.ts': pipeline(good) });
  const found = await findPipeline(dir, 'pos');
  assert.equal(found.account.platform, 'hang');
  assert.deepEqual(found.pipeline, JSON.parse(JSON.stringify(found.pipeline)));
});

test('a name that is not there suggests the nearest', async () => {
  await assert.rejects(
    findPipeline(folder({ 'pos.ts': pipeline(good) }), 'pso'),
    (error: PointferryError) => {
      assert.equal(error.code, 'CONFIG_USAGE');
      assert.match(error.message, /did you mean "pos"/);
      return true;
    },
  );
});

test('mistakes of one file do not stop another, and are all told of the one that is run', async () => {
  const dir = folder({
    'good.ts': pipeline(good),
    'bad.ts': pipeline(`${good} ownr: 'x', parkFor: 'a month',`),
    'broken.ts': 'export default {',
  });
  assert.equal((await findPipeline(dir, 'good')).name, 'good');
  await assert.rejects(findPipeline(dir, 'bad'), /ownr.*did you mean "owner"[\s\S]*parkFor/);
  const checked = await checkFolder(dir);
  assert.deepEqual([...checked.pipelines.keys()], ['good']);
  assert.equal(checked.problems.length, 3);
});

const cases: readonly (readonly [name: string, body: string, expected: RegExp])[] = [
  ['an unknown key', `${good} colums: {},`, /^colums: .*did you mean "columns"/],
  [
    'a key that is missing',
    `account: 'hang-us', operation: 'hang.activity', columns: {},`,
    /source is missing/,
  ],
  [
    'an unknown kind',
    good.replace('hang.activity', 'hang.activty'),
    /^operation: .*did you mean "hang.activity"/,
  ],
  ['an unknown account', good.replace('hang-us', 'hang-su'), /^account: .*did you mean "hang-us"/],
  [
    'a kind of another platform',
    good.replace('hang.activity', 'fabric.member'),
    /^account: fabric.member goes to fabric, and this account is of hang/,
  ],
  ['an unknown field', good.replace('value:', 'valeu:'), /^columns.valeu: .*did you mean "value"/],
  [
    'a required field',
    good.replace("activity_type_id: { constant: 'a' },", ''),
    /^columns: hang.activity needs the field "activity_type_id"/,
  ],
  [
    'an unknown key of a mapping',
    good.replace("{ from: 'v' }", "{ from: 'v', decmal: ',' }"),
    /^columns.value.decmal: .*did you mean "decimal"/,
  ],
  ['a mapping from nowhere', good.replace("{ from: 'v' }", '{}'), /^columns.value: says not where/],
  [
    'a type that does not fit',
    good.replace("{ from: 'v' }", "{ from: 'v', as: 'date' }"),
    /^columns.value.as: the field is decimal/,
  ],
  [
    'an expression that is not understood',
    good.replace("{ from: 'v' }", "{ compute: 'a * (b' }"),
    /^columns.value: compute 'a \* \(b': ends too early/,
  ],
  [
    'a format that means nothing',
    good.replace("zone: 'UTC'", "zone: 'UTC', format: 'dd.QQ.yyyy'"),
    /the letter Q means nothing/,
  ],
  [
    'a local time without a zone',
    good.replace("zone: 'UTC'", "format: 'yyyy-MM-dd HH:mm'"),
    /has no offset: state zone/,
  ],
  ['a zone that is none', good.replace("zone: 'UTC'", "zone: 'Europe/Berln'"), /is not a time zone/],
  [
    'two-digit years without a pivot',
    good.replace("zone: 'UTC'", "zone: 'UTC', format: 'd-MMM-yy HH:mm'"),
    /state pivot/,
  ],
  [
    'formats that read one text as two dates',
    good.replace("zone: 'UTC'", "zone: 'UTC', format: ['dd-MM-yyyy HH:mm', 'MM-dd-yyyy HH:mm']"),
    /as two dates/,
  ],
  [
    'an event without identity',
    good.replace(/identity: .*?\},\n/, '\n'),
    /^identity: hang.activity is an event/,
  ],
  ['an event with a version', `${good} version: { from: 'at', zone: 'UTC' },`, /^version: .*only states/],
  [
    'unknown without a look-up',
    good.replace("{ from: 'm' }", "{ from: 'm', unknown: 'park' }"),
    /state via: 'crosswalk'/,
  ],
  [
    'a look-up of something else',
    good.replace("{ from: 'v' }", "{ from: 'v', via: 'crosswalk' }"),
    /only the member/,
  ],
  [
    'bad thresholds',
    `${good} thresholds: { intake: { stop: 'a lot' } },`,
    /^thresholds.intake.stop: "a lot" is not a number of rows/,
  ],
  [
    'an amount per group without groups',
    `${good} amount: { from: 'v', per: 'group', currency: 'USD' },`,
    /^amount.per: 'group' needs a group/,
  ],
  [
    'take of a column that nothing reads',
    `${good} group: { by: 'id', take: { att: 'min' } },`,
    /^group.take.att: .*did you mean "at"/,
  ],
  [
    'a duration that leaves the calendar',
    `${good} parkFor: '200000000d',`,
    /^parkFor: "200000000d" is not a duration .* at most 100 years/,
  ],
  [
    'more decimal places than a number can have',
    good.replace("{ from: 'v' }", "{ from: 'v', implied: 200000 }"),
    /^columns.value.implied: 200000 is not a number of decimal places, at most 30/,
  ],
  [
    'an identity source with a colon, which says what to do',
    good.replace("source: 'pos'", "source: 'pos:q'"),
    /^identity.source: must not hold ':'.* write "pos-q".*no file comes again/,
  ],
  [
    'a colon in the source of events without a natural key',
    good.replace("source: 'pos', columns: ['id']", "source: ':', file: true"),
    /^identity.source: must not hold ':'/,
  ],
  [
    'an identity source that is too long for an index',
    good.replace("source: 'pos'", `source: '${'s'.repeat(101)}'`),
    /^identity.source: .* is not a text of at most 100 characters/,
  ],
  [
    'conditions in a list that is neither or nor and',
    `${good} where: { store: [{ a: 'b' }] },`,
    /stands under "or" or "and"/,
  ],
];
for (const [name, body, expected] of cases) {
  test(`check finds ${name}`, async () => {
    const found = await problems(body);
    assert.ok(
      found.some((line) => expected.test(line)),
      found.join('\n') || 'no problem found',
    );
  });
}

const state = `account: 'hang-us', operation: 'hang.member', source: local('x'), columns: { member: { from: 'm' }, first_name: { from: 'f' } },`;
test('a state needs a version or a business date, and has neither identity nor amount', async () => {
  const found = await problems(
    `${state} identity: { source: 's', columns: ['m'] }, amount: { from: 'f', currency: 'USD' },`,
  );
  assert.deepEqual(
    found.map((line) => line.split(':')[0]),
    ['identity', 'amount', 'version'],
  );
  assert.deepEqual(await problems(`${state} businessDate: { run: true },`), []);
});

test('a version is a date or a timestamp', async () => {
  const version = (rest: string): string => `${state} version: { from: 'at', zone: 'UTC', ${rest} },`;
  assert.deepEqual(await problems(version('')), []);
  assert.deepEqual(await problems(version("as: 'date'")), []);
  assert.deepEqual(await problems(version("as: 'text'")), [
    'version.as: a version is a date or a timestamp, not text',
  ]);
});

test('a field that replaces the whole needs complete: true', async () => {
  const family = state.replace(
    "first_name: { from: 'f' }",
    "family_member_birthdays: { from: 'f', as: 'json' }",
  );
  assert.match((await problems(`${family} businessDate: { run: true },`)).join(), /complete: true/);
  assert.deepEqual(await problems(`${family} businessDate: { run: true }, complete: true,`), []);
});

test('accounts are checked against their platform', async () => {
  const account = hang.replace(
    "apiKey: env('HANG_API_KEY')",
    "apiKye: env('HANG_API_KEY'), windows: [{ limit: 0, per: '1 s' }]",
  );
  const found = await problems(good, { 'accounts/hang-us.ts': account });
  assert.ok(
    found.some((line) => /apiKye.*did you mean "apiKey"/.test(line)),
    found.join('\n'),
  );
  assert.ok(found.some((line) => /^windows\[0\].limit/.test(line)));
  assert.ok(found.some((line) => /^windows\[0\].per/.test(line)));
});

test('what is no data is refused', async () => {
  const found = await problems(`${good} where: () => true,`);
  assert.match(found.join(), /data only/);
});
