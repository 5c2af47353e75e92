import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { runCommandLine } from '../../src/cli/command-line.ts';
import { globalOptions } from '../../src/cli/global-options.ts';
import { verbs } from '../../src/cli/verbs.ts';
import { exit } from '../../src/ground/exit.ts';
import { repository } from '../world/cli.ts';

interface Typed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A command line in this process. */
async function typed(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Typed> {
  const written = { out: '', err: '' };
  const stream = (name: 'out' | 'err') =>
    ({
      write: (text: string) => {
        written[name] += text;
        return true;
      },
      isTTY: false,
    }) as unknown as NodeJS.WriteStream;
  const terminal = { out: stream('out'), err: stream('err'), env, cwd: repository };
  const code = await runCommandLine(words, { ...terminal, signal: new AbortController().signal });
  return { code, ...written };
}

const commands = await Promise.all(
  verbs.map(async (verb) => ({ verb, command: (await verb.load()).default })),
);

test('a summary is one imperative line of at most 60 characters without a comma', () => {
  for (const { name, summary } of verbs) {
    assert.ok(summary.length <= 60, `${name}: ${summary.length} characters`);
    assert.match(summary, /^[A-Z][^,.;:]+$/, name);
    assert.doesNotMatch(summary, /^\w+s /, `${name}: not an imperative`);
  }
});

test('every file in verbs/ is in the list, and every verb in help', async () => {
  const files = readdirSync(path.join(repository, 'src/cli/verbs')).sort();
  assert.deepEqual(verbs.map(({ name }) => `${name.replaceAll(' ', '-')}.ts`).sort(), files);
  const { out } = await typed(['--help']);
  for (const { name, summary } of verbs) {
    const line = out.split('\n').find((each) => each.startsWith(`  ${name} `));
    assert.ok(line?.endsWith(summary), name);
  }
});

test('the overview lists every exit code', async () => {
  const { out } = await typed(['help']);
  const listed = [...(out.split('Exit codes\n')[1] ?? '').matchAll(/^ {2}(\d+) /gm)].map(([, code]) =>
    Number(code),
  );
  assert.deepEqual(
    listed,
    Object.values(exit).sort((a, b) => a - b),
  );
});

test('--help, -h and help VERB print the same, for every verb', async () => {
  for (const { verb, command } of commands) {
    const words = verb.name.split(' ');
    const ways = [
      [...words, '--help'],
      ['-h', ...words],
      ['help', ...words],
    ];
    const pages = await Promise.all(ways.map((way) => typed(way)));
    assert.deepEqual(new Set(pages.map(({ out }) => out)).size, 1, verb.name);
    assert.deepEqual(
      pages.map(({ code }) => code),
      [0, 0, 0],
      verb.name,
    );
    const page = pages[0]?.out ?? '';
    for (const flag of Object.keys({ ...command.options, ...globalOptions }))
      assert.match(page, new RegExp(`--${flag}\\b`));
    assert.ok(command.examples.length > 0 && command.description.endsWith('.'), verb.name);
  }
});

test('lines of help fit on a terminal, examples aside', async () => {
  for (const words of [[], ...verbs.map(({ name }) => name.split(' '))]) {
    const { out } = await typed(['help', ...words]);
    for (const line of out.split('\n')) assert.ok(line.length <= 110, `${words.join(' ')}: ${line}`);
  }
});

test('help of a verb that is not there suggests one', async () => {
  const { code, err } = await typed(['help', 'member']);
  assert.equal(code, 64);
  assert.match(err, /there is no verb "member"/);
  assert.match((await typed(['members'])).err, /did you mean "members import"/);
});

test('--version prints name, version, Node and schema', async () => {
  const { code, out } = await typed(['--version']);
  assert.equal(code, 0);
  assert.match(out, /^pointferry \d+\.\d+\.\d+, Node \d+\.\d+\.\d+, schema \d+\n$/);
  const document = JSON.parse((await typed(['--version', '--json'])).out);
  assert.deepEqual(Object.keys(document), ['name', 'version', 'node', 'schema']);
});

test('every flag has a variable, but --help and --version', async () => {
  const env = {
    POINTFERRY_HELP: '1',
    POINTFERRY_VERSION: '1.2.3',
    POINTFERRY_LIMIT: 'many',
    POINTFERRY_JSON: '1',
  };
  const { code, out } = await typed(['run', 'pos-transactions'], env);
  assert.equal(code, 64);
  assert.equal(JSON.parse(out).error.message, 'run: --limit: expected a number of operations');
});

test('a bug in Pointferry is announced as one, with exit code 70', async () => {
  let err = '';
  const broken = {
    write: () => {
      throw new TypeError('no such stream');
    },
  } as unknown as NodeJS.WriteStream;
  const log = { write: (text: string) => (err += text) } as unknown as NodeJS.WriteStream;
  const { signal } = new AbortController();
  const code = await runCommandLine(['--help'], { out: broken, err: log, env: {}, cwd: repository, signal });
  assert.equal(code, exit.bug);
  assert.match(
    err,
    /^pointferry: internal error \(a bug in Pointferry\); nothing more was sent\nTypeError: no such stream/,
  );
});
