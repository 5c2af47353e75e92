import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { stopEmbedded } from '../../src/db/embedded/embedded.ts';
import type { Summary } from '../../src/report/findings/summary.ts';
import type { Effect } from '../../src/sandbox/effects.ts';

const root = join(import.meta.dirname, '../..');
const workdir = await mkdtemp(join(tmpdir(), 'pointferry-demo-'));
after(async () => {
  await stopEmbedded(join(workdir, 'demo', 'postgres'));
  await rm(workdir, { recursive: true, force: true });
});

/** A person's own platforms and database: a demo that looked at them could not work. */
const theirs = {
  DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing',
  HANG_BASE_URL: 'https://hang.invalid',
  HANG_API_KEY_FILE: '/nonexistent',
  FABRIC_BASE_URL: 'https://fabric.invalid',
  STICKYSTREET_BASE_URL: 'https://stickystreet.invalid',
};

interface Trial {
  readonly pipeline: string;
  readonly sample: string;
  readonly known: boolean;
  readonly differs: readonly string[];
  readonly delivered: number;
}
interface Document {
  readonly platforms: { readonly requests: number; readonly effects: number; readonly repeated: number };
  readonly trials: readonly Trial[];
}

function start(...more: string[]) {
  const child = spawn(process.execPath, ['src/main.ts', 'demo', '--workdir', workdir, ...more], {
    cwd: root,
    env: { ...process.env, ...theirs },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return { child, exited: once(child, 'exit') as Promise<[number | null]> };
}

async function demo(): Promise<{ code: number | null; said: Document }> {
  const { child, exited } = start('--json');
  let text = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) text += chunk;
  const [code] = await exited;
  return { code, said: JSON.parse(text) as Document };
}

/** Every run, as its files say. */
async function runs(): Promise<Summary[]> {
  const folder = join(workdir, 'demo', 'runs');
  const texts = (await readdir(folder)).map((name) => readFile(join(folder, name, 'summary.json'), 'utf8'));
  return (await Promise.all(texts)).map((text) => JSON.parse(text) as Summary);
}

/** What the platforms applied, as their journal on the disk has it. */
async function effects(): Promise<Effect[]> {
  const text = await readFile(join(workdir, 'demo', 'sandbox', 'journal.jsonl'), 'utf8');
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Effect);
  return lines.filter(({ type }) => !type.startsWith('seed.') && type !== 'reset');
}

test('a demo that is interrupted ends cleanly; the next one goes on, and every sample yields what it says', async () => {
  const { child, exited } = start();
  let ended = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    assert.ok(!line.startsWith('  !!'), line);
    assert.ok([...line].length <= 100, line);
    if (/^ {2}ok /.test(line)) ended += 1;
    if (ended === 12) child.kill('SIGINT');
  }
  assert.equal((await exited)[0], 4);

  const { code, said } = await demo();
  assert.deepEqual(
    said.trials.filter(({ differs }) => differs.length > 0),
    [],
  );
  assert.equal(code, 0);
  assert.ok(said.trials.length >= 80, `${said.trials.length} samples`);
  assert.ok(
    said.trials.filter(({ known }) => known).length >= 12,
    'what the first took is known to the second',
  );
  assert.ok(said.platforms.requests > 0);
});

test('once more sends nothing: every file that was taken is known', async () => {
  const before = await effects();
  const { code, said } = await demo();
  assert.equal(code, 0);
  assert.equal(said.platforms.requests, 0);
  assert.ok(said.trials.every(({ differs }) => differs.length === 0));
  assert.ok(said.trials.every(({ delivered }) => delivered === 0));
  assert.deepEqual(await effects(), before);
});

test('what the platforms applied is what the runs say was delivered, each once', async () => {
  const applied = await effects();
  const said = await runs();
  const delivered = said.reduce((sum, { operations }) => sum + operations.delivered, 0);
  assert.equal(applied.length, delivered);
  const activities = applied.filter(({ type }) => type === 'hang.activity');
  assert.equal(new Set(activities.map(({ identity }) => identity)).size, activities.length);
  assert.ok(said.every(({ balanced, rows }) => balanced && rows?.pending === 0));
});
