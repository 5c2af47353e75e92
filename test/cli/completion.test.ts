/** The scripts of `completion`, in the shells themselves. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { completionScript } from '../../src/cli/completion.ts';
import { verbs } from '../../src/cli/verbs.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'pointferry-completion-'));
after(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(path.join(folder, 'pipelines/accounts'), { recursive: true });
mkdirSync(path.join(folder, 'other'));
for (const file of [
  'pipelines/pos.ts',
  'pipelines/crm.ts',
  'pipelines/accounts/hang-us.ts',
  'other/elsewhere.ts',
])
  writeFileSync(path.join(folder, file), '');
for (const shell of ['bash', 'zsh'] as const)
  writeFileSync(path.join(folder, `${shell}.sh`), `${await completionScript(shell, verbs)}\n`);

const cases: readonly (readonly [typed: readonly string[], offered: readonly string[]])[] = [
  [['ru'], ['run']],
  [['mem'], ['members']],
  [['members', ''], ['import']],
  [
    ['run', ''],
    ['crm', 'pos'],
  ],
  [['run', 'p'], ['pos']],
  [['--log-level', 'debug', 'run', 'p'], ['pos']],
  [['run', 'pos', ''], []],
  [['run', 'pos', '--lim'], ['--limit']],
  [['rerun', 'c'], ['crm@last']],
  [['pause', ''], ['hang-us']],
  [
    ['settle', 'r1', '--as', ''],
    ['delivered', 'failed', 'retry'],
  ],
  [['--log-format', 'j'], ['json']],
  [['members', 'import', '--acc'], ['--account']],
  [
    ['db', 'st'],
    ['start', 'status', 'stop'],
  ],
  [['run', '--pipelines', 'other', ''], ['elsewhere']],
  [['help', 'mig'], ['migrate']],
  [['find', ''], []],
  [['run', '--date', '--lim'], []],
];

function shell(command: string, args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    timeout: 20_000,
  });
  assert.deepEqual({ stderr, status }, { stderr: '', status: 0 });
  return stdout;
}

const wordsOf = (line: string): string[] => line.trim().split(/\s+/).filter(Boolean).sort();

test('the bash script completes verbs, flags, values and the names of pipelines', () => {
  const lines = cases.map(([typed]) => {
    const words = ['pointferry', ...typed].map((word) => `'${word}'`).join(' ');
    return `COMP_WORDS=(${words}); COMP_CWORD=${typed.length}; _pointferry; echo "\${COMPREPLY[*]}"`;
  });
  const out = shell('bash', ['--norc', '-c', `. ./bash.sh\n${lines.join('\n')}`]).split('\n');
  cases.forEach(([typed, offered], i) => {
    assert.deepEqual(wordsOf(out[i] ?? ''), [...offered].sort(), typed.join(' '));
  });
  assert.match(
    shell('bash', ['--norc', '-c', '. ./bash.sh; complete -p pointferry']),
    /-F _pointferry pointferry/,
  );
});

const zshIsThere = spawnSync('zsh', ['--version']).status === 0;

test('the zsh script offers the same', { skip: zshIsThere ? false : 'no zsh on this machine' }, () => {
  // what compadd is given, narrowed to what was typed as zsh would
  const lines = cases.map(([typed]) => {
    const words = ['pointferry', ...typed].map((word) => `'${word}'`).join(' ');
    return `words=(${words}); CURRENT=${typed.length + 1}; _pointferry; echo`;
  });
  const stubs =
    // biome-ignore lint/suspicious/noTemplateCurlyInString: zsh's
    'compdef() { :; }; _files() { :; }; compadd() { shift; print -n -- ${(M)@:#${words[CURRENT]}*} }';
  const out = shell('zsh', ['-f', '-c', `${stubs}\n. ./zsh.sh\n${lines.join('\n')}`]).split('\n');
  cases.forEach(([typed, offered], i) => {
    assert.deepEqual(wordsOf(out[i] ?? ''), [...offered].sort(), typed.join(' '));
  });
});
