/** The verb: what it writes type-checks, loads, is refused until settled, and then runs. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { repository } from '../world/cli.ts';
import { makeWorld } from '../world/world.ts';

const world = await makeWorld({});
const receipts = Array.from({ length: 40 }, (_, i) => [
  `R${i >> 1};M${i >> 2};${i % 28 < 9 ? '0' : ''}${(i % 28) + 1}.05.2026 10:00;SKU${i % 7};${i},50`,
]).join('\n');
const content = `receipt_no;member_no;sold_at;sku;line_amount\n${receipts}\n`;

test('a guess is refused by check until a person has settled it, and then the file runs', async () => {
  world.write('in/receipts_20260512.csv', content);
  const ran = await world.ferry([
    'guess',
    'in/receipts_20260512.csv',
    '--operation',
    'hang.activity',
    '--account',
    'hang',
    '--out',
    'pipelines/receipts.ts',
  ]);
  assert.deepEqual({ code: ran.code, err: ran.err }, { code: 0, err: '' });
  assert.match(ran.out, /rows belong together by: receipt_no \(20 groups\)/);
  assert.match(ran.out, /columns\.transaction_timestamp\.zone: not settled yet/);
  const refused = await world.ferry(['run', 'receipts']);
  assert.equal(refused.code, 78);
  assert.match(refused.err, /not settled yet/);
  assert.equal((await world.ferry(['check', 'receipts'])).code, 78);
  const file = path.join(world.folder, 'pipelines/receipts.ts');
  writeFileSync(
    file,
    readFileSync(file, 'utf8')
      .replace(/'TODO: the zone[^\n]*',/, "'Europe/Berlin',")
      .replace('"TODO: the platform\'s id of this activity"', "'purchase'")
      .replace("'TODO: the currency, such as USD'", "'EUR'")
      .replace("warn: '1%', stop: '5%'", "stop: '100%'"),
  );
  assert.doesNotMatch(readFileSync(file, 'utf8').replace(/^\/\/.*$/gm, ''), /TODO/);
  world.write('m.csv', `key,member_id\n${Array.from({ length: 10 }, (_, i) => `M${i},mem_${i}\n`).join('')}`);
  await world.ferry(['members', 'import', 'm.csv', '--account', 'hang']);
  const night = await world.summary(['run', 'receipts']);
  assert.deepEqual(
    {
      exitCode: night.exitCode,
      read: night.rows.read,
      rowsDelivered: night.rows.delivered,
      operationsDelivered: night.operations.delivered,
    },
    { exitCode: 0, read: 40, rowsDelivered: 40, operationsDelivered: 20 },
  );
  assert.equal(night.amount?.EUR?.delivered, '800.00');
});

test('what is written type-checks', () => {
  world.write('package.json', '{ "type": "module" }');
  const config = world.write(
    'tsconfig.json',
    JSON.stringify({
      compilerOptions: {
        ...(
          JSON.parse(readFileSync(path.join(repository, 'tsconfig.json'), 'utf8')) as {
            compilerOptions: object;
          }
        ).compilerOptions,
        paths: { pointferry: [path.join(repository, 'src/pipeline/index.ts')] },
        typeRoots: [path.join(repository, 'node_modules/@types')],
      },
      include: ['pipelines'],
    }),
  );
  const folder = path.join(repository, 'data-samples');
  for (const [name, file, operation] of [
    ['a', 'shopify-orders/clean.csv', 'hang.activity'],
    ['b', 'fabric-members/clean.csv', 'fabric.member'],
    ['c', 'tibco-transactions/clean_20260511020000.txt', 'hang.activity'],
    ['d', 'loyalty-programs-export/clean.tsv', 'stickystreet.program'],
    ['e', 'pos-transactions/clean_20260511.txt', 'hang.activity'],
  ] as const) {
    const words = [
      'guess',
      path.join(folder, file),
      '--operation',
      operation,
      '--out',
      `pipelines/${name}.ts`,
    ];
    execFileSync(process.execPath, [path.join(repository, 'src/main.ts'), ...words], { cwd: world.folder });
  }
  execFileSync(path.join(repository, 'node_modules/.bin/tsc'), ['-p', config], { encoding: 'utf8' });
});

test('one document under --json, and a dry run writes nothing', async () => {
  const out = path.join(world.folder, 'pipelines/none.ts');
  const words = [
    'guess',
    'in/receipts_20260512.csv',
    '--operation',
    'hang.activity',
    '--out',
    out,
    '--json',
    '--dry-run',
  ];
  const { code, out: said } = await world.ferry(words);
  const document = JSON.parse(said) as {
    keys: { group: unknown };
    open: { path: string }[];
    columns: unknown[];
  };
  assert.deepEqual(
    { code, group: document.keys.group },
    { code: 0, group: { by: 'receipt_no', groups: 20, fill: [] } },
  );
  assert.ok(document.open.some((one) => one.path === 'account'));
  assert.equal(document.columns.length, 5);
  assert.equal(existsSync(out), false);
  const shown = await world.ferry(words.filter((word) => word !== '--json'));
  assert.match(shown.out, /^would write: .*none\.ts$/m);
  assert.doesNotMatch(shown.out, /^written:/m);
});

test('a packed sample is read; what is there is left alone; wrong words and files end with 64, 66, 3 and 1', async () => {
  world.write('in/packed.csv.gz', gzipSync(content));
  world.write('in/book.xlsx', Buffer.from('504b0304140000000800', 'hex'));
  const guess = (file: string, ...more: string[]) => world.ferry(['guess', file, ...more]);
  const to = (name: string) => ['--operation', 'hang.activity', '--out', `pipelines/${name}.ts`];
  assert.equal((await guess('in/packed.csv.gz', ...to('packed'))).code, 0);
  const again = await guess('in/packed.csv.gz', ...to('packed'));
  assert.deepEqual({ code: again.code, says: /exists already/.test(again.err) }, { code: 64, says: true });
  assert.equal((await guess('in/packed.csv.gz', '--operation', 'hang.activity')).code, 64);
  const kind = await guess('in/packed.csv.gz', '--operation', 'hang.activty', '--out', 'pipelines/x.ts');
  assert.deepEqual(
    { code: kind.code, says: /did you mean "hang.activity"/.test(kind.err) },
    { code: 64, says: true },
  );
  assert.equal((await guess('in/nothing.csv', ...to('y'))).code, 66);
  world.write('in/cut.csv.gz', gzipSync(content).subarray(0, 60));
  world.write('in/empty.csv', '');
  const cut = await guess('in/cut.csv.gz', ...to('cut'));
  assert.deepEqual({ code: cut.code, says: /READ_PACKING/.test(cut.err) }, { code: 3, says: true });
  const empty = await guess('in/empty.csv', ...to('empty'));
  assert.deepEqual({ code: empty.code, says: /READ_EMPTY/.test(empty.err) }, { code: 1, says: true });
  const book = await guess('in/book.xlsx', ...to('z'));
  assert.deepEqual({ code: book.code, says: /spreadsheet/.test(book.err) }, { code: 1, says: true });
});
