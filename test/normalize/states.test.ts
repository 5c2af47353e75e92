import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withClient } from '../../src/db/pool.ts';
import { releaseParked } from '../../src/normalize/release.ts';
import type { Pipeline } from '../../src/pipeline/types.ts';
import { cloneDatabase } from '../support/postgres.ts';
import {
  addMembers,
  flat,
  flatHeader,
  kindOf,
  normalize,
  operationsOf,
  rowsOf,
  stagedRun,
} from './support.ts';

const { db } = await cloneDatabase();

const members: Pipeline = {
  account: 'fabric-test',
  operation: 'fabric.member',
  source: { kind: 'local', path: 'x' },
  businessDate: { run: true, zone: 'America/New_York' },
  columns: {
    profileId: { from: 'id' },
    firstName: { from: 'first' },
    birthDate: { from: 'born', format: 'dd-MM-yyyy' },
    gender: { from: 'gender', map: { M: 'Male', F: 'Female' } },
    addressLine2: { from: 'line2', clear: ['(none)'], optional: true },
    phoneNumber: { from: 'phone', optional: true },
    customAttributes: { card: { from: 'card' }, children: { from: 'children', as: 'integer' } },
  },
  complete: true,
};
const header = ['id', 'first', 'born', 'gender', 'line2', 'phone', 'card', 'children'];

test('a state has a payload of what is there, and a version of its business date at midnight in the zone', async () => {
  const run = await stagedRun(db, members, [
    {
      header,
      businessDate: '2026-05-11',
      rows: [
        ['p1', 'None', '26-08-1961', 'M', '(none)', '+1 212-555 0100', 'Gold', '2'],
        ['p2', '', '', '', '', '', '', ''],
      ],
    },
  ]);
  await normalize(db, run);
  const operations = await operationsOf(db, run);
  assert.deepEqual(
    operations.map(({ identity, subject, version, payload, state }) => ({
      identity,
      subject,
      version,
      payload,
      state,
    })),
    [
      {
        identity: null,
        subject: 'p1',
        version: '2026-05-11T04:00:00.000Z',
        state: 'ready',
        payload: {
          firstName: 'None',
          birthDate: '1961-08-26',
          gender: 'Male',
          addressLine2: null,
          phoneNumber: '12125550100',
          customAttributes: { card: 'Gold', children: '2' },
        },
      },
      { identity: null, subject: 'p2', version: '2026-05-11T04:00:00.000Z', state: 'ready', payload: {} },
    ],
  );
});

test('later rows of one subject are further versions, never duplicates', async () => {
  const run = await stagedRun(db, { ...members, version: { from: 'card', as: 'timestamp', zone: 'UTC' } }, [
    {
      header,
      rows: [
        ['p3', 'A', '', '', '', '', '2026-05-10 10:00', ''],
        ['p3', 'B', '', '', '', '', '2026-05-10 11:00', ''],
        ['p3', 'B', '', '', '', '', '2026-05-10 11:00', ''],
        ['p3', 'C', '', '', '', '', '', ''],
      ],
    },
  ]);
  await normalize(db, run);
  const operations = await operationsOf(db, run);
  assert.deepEqual(
    operations.map(({ version }) => version.slice(11, 16)),
    ['10:00', '11:00', '11:00'],
  );
  assert.equal(new Set(operations.map(({ key }) => key)).size, 3, 'each version has a key of its own');
  assert.equal(new Set(operations.map(({ lane }) => lane)).size, 1, 'and all share a lane');
  assert.deepEqual(
    (await rowsOf(db, run)).map(({ role, codes }) => [role, ...codes]),
    [['carries'], ['carries'], ['carries'], ['rejected', 'NORMALIZE_REQUIRED']],
  );
});

test('fields that need each other', async () => {
  const pipeline: Pipeline = {
    ...members,
    columns: {
      profileId: { from: 'id' },
      tierExpirationDatetime: { from: 'card', zone: 'UTC' },
      tierReference: { from: 'first' },
    },
  };
  const run = await stagedRun(db, pipeline, [
    {
      header,
      rows: [
        ['p4', '', '', '', '', '', '2026-01-15T23:59:59Z', ''],
        ['p5', 'GOLD', '', '', '', '', '2026-01-15T23:59:59Z', ''],
      ],
    },
  ]);
  await normalize(db, run);
  assert.deepEqual(
    (await rowsOf(db, run)).map(({ codes }) => codes),
    [['NORMALIZE_RULE'], []],
  );
  assert.deepEqual(
    (await operationsOf(db, run)).map(({ payload }) => payload),
    [{ tierReference: 'GOLD', tierExpirationDatetime: '2026-01-15T23:59:59.000Z' }],
  );
});

const household = (family: Pipeline['columns'][string]): Pipeline => ({
  account: 'hang-test',
  operation: 'hang.member',
  source: { kind: 'local', path: 'x' },
  businessDate: { run: true },
  complete: true,
  columns: { member: { from: 'id' }, family_member_birthdays: family },
});

test('a list from repeated columns leaves empty sets out and checks the others', async () => {
  const set = (n: number) => ({
    first_name: { from: `name${n}` },
    birthday: { from: `born${n}`, format: 'yyyy-MM-dd' },
    status: { constant: 'active' },
  });
  const run = await stagedRun(db, household([set(1), set(2)]), [
    {
      header: ['id', 'name1', 'born1', 'name2', 'born2'],
      rows: [
        ['h1', 'Ann', '2015-01-02', 'Bob', '2016-03-04'],
        ['h2', '', '', 'Bob', '2016-03-04'],
        ['h3', 'Ann', '', '', ''],
        ['h4', '', '', '', ''],
        ['h5', 'Ann', '2015-02-30', '', ''],
      ],
    },
  ]);
  await normalize(db, run);
  const item = (first_name: string, birthday: string) => ({ first_name, birthday, status: 'active' });
  assert.deepEqual(
    (await operationsOf(db, run)).map(({ payload }) => payload),
    [
      { family_member_birthdays: [item('Ann', '2015-01-02'), item('Bob', '2016-03-04')] },
      { family_member_birthdays: [item('Bob', '2016-03-04')] },
      {},
    ],
  );
  const rows = await rowsOf(db, run);
  assert.deepEqual(
    rows.map(({ codes }) => codes),
    [[], [], ['NORMALIZE_REQUIRED'], [], ['NORMALIZE_NOT_A_DATE']],
  );
  assert.deepEqual(rows[2]?.fields, ['born1']);
});

test('a list from a JSON cell has the shape that the platform takes', async () => {
  const run = await stagedRun(db, household({ from: 'family', as: 'json' }), [
    {
      header: ['id', 'family'],
      rows: [
        ['j1', '[{"first_name":"Ann","birthday":"2015-01-02","status":"active","last_name":null}]'],
        ['j2', '[]'],
        ['j3', ''],
        ['j4', '{"first_name":"Ann"}'],
        ['j5', '[{"first_name":"Ann","status":"active"}]'],
        ['j6', '[{"first_name":"Ann","birthday":"2015-02-30","status":"active"}]'],
        ['j7', '[{"first_name":"Ann","birthday":"2015-02-03","status":"asleep"}]'],
        ['j8', '[{"first_name":"Ann","birthday":"2015-02-03","status":"active","age":7}]'],
        ['j9', 'nonsense'],
        ['j10', '["\\u0000"]'],
      ],
    },
  ]);
  await normalize(db, run);
  assert.deepEqual(
    (await rowsOf(db, run)).map(({ codes }) => codes[0] ?? 'ok'),
    [
      'ok',
      'ok',
      'ok',
      'NORMALIZE_NOT_JSON',
      'NORMALIZE_REQUIRED',
      'NORMALIZE_NOT_A_DATE',
      'NORMALIZE_NOT_IN_LIST',
      'NORMALIZE_NOT_JSON',
      'NORMALIZE_NOT_JSON',
      'NORMALIZE_NOT_JSON',
    ],
  );
  assert.deepEqual(
    (await operationsOf(db, run)).map(({ payload }) => payload),
    [
      { family_member_birthdays: [{ first_name: 'Ann', birthday: '2015-01-02', status: 'active' }] },
      { family_member_birthdays: [] },
      {},
    ],
  );
});

test('a household of several rows is one operation', async () => {
  const pipeline: Pipeline = {
    ...household({
      first_name: { from: 'name' },
      birthday: { from: 'born' },
      status: { from: 'status', map: { A: 'active', I: 'inactive' } },
    }),
    group: { by: 'id' },
  };
  const run = await stagedRun(db, pipeline, [
    {
      header: ['id', 'name', 'born', 'status'],
      rows: [
        ['g1', 'Ann', '2015-01-02', 'A'],
        ['g1', 'Bob', '2016-01-02', 'I'],
        ['g2', 'Cy', '2016-01-02', 'X'],
      ],
    },
  ]);
  await normalize(db, run);
  assert.deepEqual(
    (await operationsOf(db, run)).map(({ payload }) => payload),
    [
      {
        family_member_birthdays: [
          { first_name: 'Ann', birthday: '2015-01-02', status: 'active' },
          { first_name: 'Bob', birthday: '2016-01-02', status: 'inactive' },
        ],
      },
    ],
  );
});

test('every setting of a program, and one that its style needs', async () => {
  const names = Object.keys(kindOf('stickystreet.program').fields);
  const values: Record<string, string> = {
    membership_program_id: '5208143496464281',
    membership_program_name: 'Club',
    membership_style: 'B',
    membership_time_range: '12',
    membership_time_unit: 'M',
    membership_custom_qualifier_name: 'Nights',
    membership_campaigns_included: 'all',
  };
  const mapped = names.filter((name) => values[name] !== undefined);
  const pipeline: Pipeline = {
    account: 'sticky-test',
    operation: 'stickystreet.program',
    source: { kind: 'local', path: 'x' },
    businessDate: { run: true },
    columns: Object.fromEntries(mapped.map((name) => [name, { from: name }])),
  };
  const row = (more: Record<string, string>): string[] =>
    mapped.map((name) => ({ ...values, ...more })[name] ?? '');
  const run = await stagedRun(db, pipeline, [
    {
      header: mapped,
      rows: [row({}), row({ membership_custom_qualifier_name: '' }), row({ membership_time_unit: 'W' })],
    },
  ]);
  await normalize(db, run);
  const rows = await rowsOf(db, run);
  assert.deepEqual(
    rows.map(({ codes }) => codes),
    [[], ['NORMALIZE_RULE'], ['NORMALIZE_NOT_IN_LIST']],
  );
});

test('a parked state gets subject, lane and key when its member arrives; a parked event keeps its key', async () => {
  const pipeline: Pipeline = {
    ...household({ from: 'family', as: 'json' }),
    columns: { member: { from: 'id', via: 'crosswalk' }, first_name: { from: 'family' } },
  };
  const state = await stagedRun(
    db,
    pipeline,
    [
      {
        header: ['id', 'family'],
        rows: [
          ['late', 'Ann'],
          ['never', 'Bob'],
        ],
      },
    ],
    'parked-states',
  );
  await normalize(db, state);
  const event = await stagedRun(
    db,
    flat,
    [{ header: flatHeader, rows: [['park-1', 'late', 'purchase', '1', '2026-05-11 14:02']] }],
    'parked-events',
  );
  await normalize(db, event);
  assert.deepEqual(
    (await operationsOf(db, state)).map(({ state: is, key }) => [is, key]),
    [
      ['parked', null],
      ['parked', null],
    ],
  );
  const [before] = await operationsOf(db, event);
  assert.ok(before?.key);
  const finish = (id: string) =>
    withClient(db, (client) =>
      client.query(
        `update pointferry.run set stage = 'done', status = 'completed', exit_code = 0, finished_at = clock_timestamp() where id = $1`,
        [id],
      ),
    );
  const scope = (name: string) => ({ account: 'hang-test', pipeline: name, by: 'tester' });
  assert.deepEqual(await releaseParked(db, scope('parked-states'), kindOf('hang.member')), {
    released: 0,
    expired: 0,
    runs: [],
  });
  await addMembers(db, { late: 'mem_late' });
  assert.deepEqual(await releaseParked(db, scope('parked-states'), kindOf('hang.member')), {
    released: 1,
    expired: 0,
    runs: [], // not a finished run: its own resume sends it, with the rest that it still has
  });
  await finish(state.id);
  await finish(event.id);
  assert.deepEqual(await releaseParked(db, scope('parked-events'), kindOf('hang.activity')), {
    released: 1,
    expired: 0,
    runs: [event.id],
  });
  assert.deepEqual(
    await releaseParked(db, scope('parked-events'), kindOf('hang.activity')),
    { released: 0, expired: 0, runs: [event.id] },
    'whoever released it may have died: it is named until it is sent',
  );
  const [released] = await operationsOf(db, state);
  const [sent] = await operationsOf(db, event);
  assert.ok(released?.key && released.lane);
  assert.deepEqual(
    {
      releasedState: released.state,
      releasedSubject: released.subject,
      sentState: sent?.state,
      sentSubject: sent?.subject,
      key: sent?.key,
    },
    {
      releasedState: 'ready',
      releasedSubject: 'mem_late',
      sentState: 'ready',
      sentSubject: 'mem_late',
      key: before.key,
    },
  );
  assert.equal(released.lane, sent?.lane, 'one member, one lane');
  await withClient(db, (client) =>
    client.query(`update pointferry.operation set park_until = clock_timestamp() where state = 'parked'`),
  );
  assert.deepEqual(await releaseParked(db, scope('parked-states'), kindOf('hang.member')), {
    released: 0,
    expired: 1,
    runs: [state.id],
  });
  assert.deepEqual(
    (await rowsOf(db, state)).map(({ bucket }) => bucket),
    ['pending', 'rejected'],
  );
});
