/**
 * Golden files: every help page, the screens and files that people look at, and the SQL of pipelines, compared byte by byte.
 * What varies (ids, times, ports, paths) is replaced first. Where a change of them is wanted,
 *
 *   GOLDEN=write node --test test/golden/golden.test.ts
 *
 * writes them again, and their diff shows what people will see.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { verbs } from '../../src/cli/verbs.ts';
import { repository } from '../world/cli.ts';
import { typeLine } from '../world/command-line.ts';
import { goldenFolder } from './golden.ts';
import { screensOf } from './screens.ts';
import { replacerOf } from './varying.ts';
import {
  arriveLastNight,
  arriveNight,
  arrivePeople,
  earlierNights,
  freezeTimes,
  preparedWorld,
  writeMistakes,
} from './world.ts';

// Screens cut long lines: the folder of the world is equally long everywhere. Some show times in the zone of whoever looks.
Object.assign(process.env, { TMPDIR: '/tmp', TZ: 'UTC' });

test('help: the overview and the page of every verb', async () => {
  const golden = goldenFolder('help');
  const overview = await typeLine(['--help'], { cwd: repository });
  golden.check('overview.txt', overview.out);
  for (const { name } of verbs) {
    const { out } = await typeLine([...name.split(' '), '--help'], { cwd: repository });
    golden.check(`${name.replaceAll(' ', '-')}.txt`, out);
  }
  golden.end();
});

test('SQL: what mappings compile to, of every sample pipeline and of two that use the rest of the grammar', async () => {
  const golden = goldenFolder('sql');
  for (const folder of ['pipelines', 'test/golden/pipelines']) {
    for (const file of readdirSync(path.join(repository, folder)).filter((name) => name.endsWith('.ts'))) {
      const name = file.replace(/\.ts$/, '');
      const { code, out, err } = await typeLine(['sql', name, '--pipelines', folder], { cwd: repository });
      assert.equal(code, 0, err);
      golden.check(`${name}.sql`, out);
    }
  }
  golden.end();
});

test('screens: a world of four nights, from its first command to a rerun', async () => {
  const world = await preparedWorld();
  process.chdir(world.folder);
  const screens = screensOf(world);
  const { show, send, keep } = screens;
  const read = (file: string): string => readFileSync(path.join(world.folder, file), 'utf8');

  await show(
    'first',
    '',
    '--pipelines nowhere',
    'status',
    'errors',
    'members import cards.csv --account shop',
  );
  for (let night = 0; night < earlierNights; night++) {
    arriveNight(world, night);
    await send(night === 0 ? 'run-first' : 'run-next', 'run sales');
  }
  arriveLastNight(world);
  arrivePeople(world);
  writeMistakes(world);
  await show('preview', 'preview sales --file in/sales_2024-05-02.csv --limit 9', 'preview sales --json');
  await show('plan', 'plan sales', 'plan sales --json', 'run sales --dry-run');
  await send('run-last', 'run sales');
  await send('run-stopped', 'run people');
  await freezeTimes(world);

  await show('report', 'report sales@last --out out --all-files', 'errors sales@last --out mended.csv');
  for (const file of readdirSync(path.join(world.folder, 'out'))) keep(file, read(`out/${file}`));
  writeFileSync(path.join(world.folder, 'mended.csv'), read('mended.csv').replace('"ten"', '"10.00"'));
  await show('home', '', '--json');
  await show('status', 'status', 'status --json', 'status sales@last');
  await show('status-open', 'status --open');
  await show('errors-rows', 'errors sales@last', 'errors sales@last --show-values', 'errors --unknown');
  await show('errors-group', 'errors sales@last --group', 'errors people@last --group');
  await show('errors-group-1', 'errors sales@last --group 1', 'errors sales@last --group 1 --show-values');
  await show('errors-json', 'errors sales@last --json', 'errors sales@last --group --json');
  await show('check', 'check', 'check --pipelines mistaken');
  await show(
    'guess',
    'guess in/sales_2024-05-02.csv --operation hang.activity --out sales.ts --dry-run',
    'guess members.csv --operation hang.member --account shop --out guessed.ts',
  );
  keep('guess', read('guessed.ts'));
  await show('find', 'find t200', 'find t203', 'find t207 --show-values', 'find 900005', 'find nothing');
  await show('rerun-dry-run', 'rerun sales@last --dry-run', 'rerun sales@last --group 1 --dry-run --json');
  await show('rerun-from', 'rerun sales@last --from mended.csv --dry-run');
  await show('resume-dry-run', 'resume --dry-run', 'resume people@last --dry-run', 'resume people@last');
  await show('database', 'doctor', 'migrate', 'db status', 'accept-ledger');
  await show(
    'mistakes',
    'runn sales',
    'run',
    'run sales --limitt 3',
    'run saless',
    'resume r99zz',
    'errors sales@last --group 99',
    'settle sales@last --group 5 --as maybe --note x',
    'dismiss sales@last',
    'run sales --file nowhere.csv',
    'plan saless --json',
  );

  const settle = 'settle sales@last --group 5 --as delivered --note "seen in their console"';
  await show('settle', `${settle} --dry-run`, settle, settle);
  const people = 'dismiss people@last --note "they send it again"';
  await show('dismiss', 'dismiss sales@last --group 1 --note "test cards"', `${people} --dry-run`, people);
  await show('pause', 'pause shop --note "they asked us to"', 'status', 'unpause shop', 'stop');
  await send('rerun', 'rerun sales@last --from mended.csv');
  await freezeTimes(world);
  await show('end', 'status', 'report sales@last');

  const golden = goldenFolder('screens');
  for (const [name, text] of screens.texts(await replacerOf(world)))
    golden.check(/\.\w+$/.test(name) ? name : `${name}.txt`, text);
  golden.end();
});
