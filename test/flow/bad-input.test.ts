import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { makeWorld, runFile, type Summary } from '../world/world.ts';

const world = await makeWorld({
  sales: `{
    account: 'hang', operation: 'hang.activity', source: local('in/*.csv'),
    identity: { source: 'till', columns: ['id'] },
    columns: {
      member: { from: 'member' }, activity_type_id: { constant: 'purchase' }, value: { from: 'value', as: 'decimal' },
      transaction_timestamp: { from: 'at', format: 'yyyy-MM-dd', zone: 'UTC' },
    },
  }`,
});
const header = 'id,member,value,at\n';
let n = 0;
const good = (): string => `t${++n},m1,1.00,2026-05-01\n`;
const zip = Buffer.from('504b0304140006000800000021004a', 'hex');

/** What each file must come to: its verdict and code, and of its rows read and rejected with which code. */
const cases: readonly (readonly [
  name: string,
  content: string | Buffer,
  verdict: string,
  code: string | null,
  read: number,
  rejected: number,
])[] = [
  ['good.csv', header + good() + good(), 'staged', null, 2, 0],
  ['empty.csv', '', 'empty', 'READ_EMPTY', 0, 0],
  ['header-only.csv', header, 'empty', 'READ_EMPTY', 0, 0],
  ['wrong-delimiter.csv', (header + good()).replaceAll(',', ';'), 'refused', 'STAGE_HEADER', 0, 0],
  ['workbook.csv', Buffer.concat([zip, Buffer.alloc(400, 7)]), 'refused', 'any', 0, 0],
  [
    'page.csv',
    '<!DOCTYPE html>\n<html><body>Please log in</body></html>\n',
    'refused',
    'STAGE_NOT_CSV',
    0,
    0,
  ],
  ['latin1.csv', Buffer.from(`${header}${good()}caf\xe9,m1,1,2026-05-01\n`, 'latin1'), 'staged', null, 2, 1],
  ['nul.csv', `${header}${good()}a\u0000b,m1,1,2026-05-01\n`, 'staged', null, 2, 1],
  [
    'surrogate.csv',
    Buffer.concat([
      Buffer.from(header + good()),
      Buffer.from([0xed, 0xa0, 0x80]),
      Buffer.from(',m1,1,2026-05-01\n'),
    ]),
    'staged',
    null,
    2,
    1,
  ],
  ['missing-column.csv', 'id,member,at\nx,m1,2026-05-01\n', 'refused', 'STAGE_HEADER', 0, 0],
  ['twice-column.csv', `id,member,value,at,id\nx,m1,1,2026-05-01,y\n`, 'refused', 'STAGE_HEADER', 0, 0],
  [
    'proto.csv',
    `id,member,value,at,__proto__,constructor\nt${++n},m1,1,2026-05-01,{},x\n`,
    'staged',
    null,
    1,
    0,
  ],
  [
    'hostile-names.csv',
    `id,member,value,at,"x""; drop table pointferry.run; --",ctid,,${'long'.repeat(40)},${'long'.repeat(40)}\nt${++n},m1,1,2026-05-01,a,b,c,d,e\n`,
    'staged',
    null,
    1,
    0,
  ],
  [
    'wide.csv',
    `id,member,value,at,${Array.from({ length: 1996 }, (_, i) => `c${i}`).join(',')}\nt${++n},m1,1,2026-05-01,${Array.from({ length: 1996 }, (_, i) => i).join(',')}\n`,
    'staged',
    null,
    1,
    0,
  ],
  ['unclosed.csv', `${header}${good()}"t,m1,1.00,2026-05-01\n${good()}${good()}`, 'staged', null, 4, 1],
];

let summary: Summary;
test('each bad file has its own verdict, and does not harm its siblings', async () => {
  for (const [name, content] of cases) world.write(`in/${name}`, content);
  summary = await world.summary(['run', 'sales']);
  const seen = new Map(summary.files.map((file) => [file.name, file]));
  for (const [name, , verdict, code] of cases) {
    const file = seen.get(name);
    assert.equal(file?.verdict, verdict, `${name}: ${file?.verdict} ${file?.code}`);
    if (code !== 'any') assert.equal(file?.code ?? null, code, name);
  }
  assert.deepEqual(
    { exitCode: summary.exitCode, balanced: summary.balanced },
    { exitCode: 1, balanced: true },
  );
});

test('every row is read, delivered or rejected, and nothing else is sent', async () => {
  const read = cases.reduce((sum, [, , , , rows]) => sum + rows, 0);
  const rejected = cases.reduce((sum, [, , , , , rows]) => sum + rows, 0);
  assert.deepEqual(
    { read: summary.rows.read, rejected: summary.rows.rejected, delivered: summary.rows.delivered },
    { read, rejected, delivered: read - rejected },
  );
  assert.equal((await world.admin.summary()).effects, read - rejected);
});

test('errors.csv holds the damaged records with their bytes and codes', () => {
  const errors = runFile(world, 'sales', 'errors.csv');
  for (const code of ['STAGE_ENCODING', 'STAGE_NUL', 'STAGE_QUOTE_UNCLOSED'])
    assert.match(errors, new RegExp(code));
  assert.match(errors, /caf\\xE9/i);
});

test('a field of 100 MB costs its row, not the process: the rows around it are delivered', async () => {
  const file = path.join(world.folder, 'in', 'huge.csv');
  const out = createWriteStream(file);
  out.write(header + good());
  const chunk = 'x'.repeat(1024 * 1024);
  for (let i = 0; i < 100; i++) if (!out.write(chunk)) await once(out, 'drain');
  out.end(`,m1,1,2026-05-01\n${good()}`);
  await once(out, 'close');
  const night = await world.summary(['run', 'sales', '--file', file]);
  assert.deepEqual(
    { read: night.rows.read, rejected: night.rows.rejected, delivered: night.rows.delivered },
    { read: 3, rejected: 1, delivered: 2 },
  );
  assert.deepEqual(
    night.errors.map((error) => error.code),
    ['STAGE_RECORD_TOO_LONG'],
  );
});
