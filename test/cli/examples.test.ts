/** Examples of help work when typed: those that change nothing, in a folder as a user has it after a night. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { verbs } from '../../src/cli/verbs.ts';
import { demoCredentials } from '../../src/sandbox/options.ts';
import { repository } from '../world/cli.ts';
import { makeWorld } from '../world/world.ts';

const world = await makeWorld({});

before(async () => {
  const samples = path.join(repository, 'data-samples');
  const sample = (name: string): Buffer => readFileSync(path.join(samples, name));
  for (const name of ['pipelines', 'data-samples'])
    cpSync(path.join(repository, name), path.join(world.folder, name), { recursive: true });
  const night = sample('pos-transactions/bad-date_20260512.txt');
  const finished = new Date(Date.now() - 60_000);
  utimesSync(world.write('inbox/pos/transactions_20260512.txt', night), finished, finished);
  world.write('transactions_20260512.txt', night);
  world.write('sales.csv', sample('pos-transactions/clean_20260511.txt'));
  world.write('balances.csv', sample('legacy-balances/clean.csv'));
  world.write('crm.csv', sample('crm-members/clean.csv'));
  world.write('members.csv', sample('members/hang-sandbox.csv'));
  mkdirSync(path.join(world.folder, '.zfunc'));
  const imported = await world.ferry(['members', 'import', 'members.csv', '--account', 'hang-sandbox']);
  assert.equal(imported.code, 0, imported.err);
  const ran = await world.ferry(['run', 'pos-transactions']);
  assert.equal(ran.code, 1, ran.err);
});

/** They change nothing but files of the world's folder. */
const harmless =
  /^pointferry( (home|guess|check|sql|preview|plan|status|errors|find|report|doctor|completion|db status)\b|$)/;

for (const { name, load } of verbs) {
  const { examples } = (await load()).default;
  const typed = examples
    .map(([line]) => line)
    .filter((line) => harmless.test(line) || /--dry-run$/.test(line));
  test(`examples of ${name}`, { skip: typed.length === 0 ? 'each changes something' : false }, async () => {
    for (const line of typed) {
      const { code, err } = await shell(line);
      assert.ok(code === 0 || code === 1, `${line}: exit ${code}\n${err}`);
      assert.doesNotMatch(err, /CONFIG_|internal error/, line);
    }
    // check refuses a guessed pipeline until its questions are answered
    for (const guessed of ['sales', 'crm'])
      rmSync(path.join(world.folder, `pipelines/${guessed}.ts`), { force: true });
  });
}

/** As typed into a shell in the world's folder, which is the home folder too. */
async function shell(line: string): Promise<{ code: number | null; err: string }> {
  const child = spawn('sh', ['-c', line], {
    cwd: world.folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: `${repository}:${process.env.PATH}`,
      HOME: world.folder,
      DATABASE_URL: world.database.url,
      HANG_BASE_URL: `${world.sandboxUrl}/partner-api`,
      HANG_API_KEY: demoCredentials.hang.apiKeys[0],
    },
    timeout: 60_000,
  });
  let err = '';
  child.stderr.on('data', (data: Buffer) => {
    err += data;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, err };
}
