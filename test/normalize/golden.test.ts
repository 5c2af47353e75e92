/** Frozen recipes: if one of these changes, history looks changed and events are sent again under new keys. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { withClient } from '../../src/db/pool.ts';
import { contentRecipe } from '../../src/mapping/content.ts';
import { cloneDatabase } from '../support/postgres.ts';
import {
  addMembers,
  flat,
  flatHeader,
  lines,
  linesHeader,
  normalize,
  operationsOf,
  stagedRun,
} from './support.ts';

const { db } = await cloneDatabase();

/** The recipes once more, in another language. */
const piece = (text: string): string => `${Buffer.byteLength(text)}:${text}`;
const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
await addMembers(db, { m1: 'mem_1' });

test('pieces, digests and keys of recipe v1', async () => {
  const { rows } = await withClient(db, (client) =>
    client.query(
      `select pointferry.piece('äb') as piece, pointferry.piece('') as empty, pointferry.piece(null) as nothing, pointferry.digest('äb') as digest,
        pointferry.idempotency_key('hang-us', 'hang.activity', 'pos:0009200618053', 0) as event,
        pointferry.idempotency_key('hang-us', 'hang.activity', 'pos:0009200618053', 1) as revised,
        pointferry.idempotency_key('fabric', 'fabric.member', pointferry.state_thing('p1', '2026-05-11T04:00:00.123456Z', 7, 1, 42), 0) as state`,
    ),
  );
  assert.deepEqual(rows[0], {
    piece: '3:äb',
    empty: '0:',
    nothing: '-',
    digest: '72d5766a1401875c79e86c9824e3b673',
    event: 'cb7c498a11c7663b8e2d40931ab223c5',
    revised: '2fd8b2ade4b11722c87a133c5a18958a',
    state: '82f7866d4bdeccd1473e3799718fe93d',
  });
});

test('content of a row and of a group, recipe 1', async () => {
  assert.equal(contentRecipe, 1);
  const row = ['t1', 'm1', 'purchase', '12.50', '2026-05-11 14:02'];
  const single = await stagedRun(db, flat, [{ header: flatHeader, rows: [row] }]);
  await normalize(db, single);
  const group = await stagedRun(db, lines, [
    {
      header: linesHeader,
      rows: [
        ['g1', ...row.slice(1), 'a'],
        ['g1', ...row.slice(1), 'b'],
      ],
    },
  ]);
  await normalize(db, group);
  const [one] = await operationsOf(db, single);
  const [many] = await operationsOf(db, group);
  const said = [
    'activity_type_id',
    'purchase',
    'member',
    'm1',
    'transaction_timestamp',
    '2026-05-11T14:02:00.000000Z',
    'value',
    '12.5',
  ];
  assert.equal(one?.content, digest(`content 1${said.map(piece).join('')}`));
  assert.equal(
    one?.key,
    digest(`pointferry key v1${['hang-test', 'hang.activity', 'pos:t1', '0'].map(piece).join('')}`),
  );
  assert.deepEqual(
    { oneContent: one?.content, key: one?.key, manyContent: many?.content },
    {
      oneContent: 'e989f93c3bde1856db8feb235fcb4630',
      key: '0af5781f9307b3290fe3a0fa427320c7',
      manyContent: '58dc4441bdf0fa851e23202695a1b254',
    },
  );
});

test('content is what the source said: another spelling of the same value is the same, another cell is not', async () => {
  const at = async (id: string, row: readonly string[]): Promise<string | undefined> => {
    const run = await stagedRun(db, flat, [{ header: flatHeader, rows: [[id, ...row]] }]);
    await normalize(db, run);
    return (await operationsOf(db, run))[0]?.content;
  };
  const base = await at('c1', ['m1', 'purchase', '12.50', '2026-05-11 14:02']);
  assert.equal(
    await at('c2', ['m1', 'purchase', '12.5', '2026-05-11 14:02']),
    base,
    'the value as a canonical decimal',
  );
  assert.equal(
    await at('c3', [' m1 ', 'purchase', '012.500', '2026-05-11 14:02']),
    base,
    'the member key after its cleaning',
  );
  assert.notEqual(
    await at('c4', ['m1', 'gift_card', '12.50', '2026-05-11 14:02']),
    base,
    'the cell before the map',
  );
  assert.notEqual(await at('c5', ['m1', 'purchase', '12.51', '2026-05-11 14:02']), base);
  assert.notEqual(await at('c6', ['m2', 'purchase', '12.50', '2026-05-11 14:02']), base);
  assert.notEqual(await at('c7', ['m1', 'purchase', '12.50', '2026-05-11 14:03']), base);
});
