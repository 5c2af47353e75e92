/** Pages, comments and fields cite only what a reader can open. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { exit } from '../src/ground/exit.ts';
import { linksIn, sectionsOf } from './support/markdown.ts';

const root = path.join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(path.join(root, file)));
const pages = files.filter((file) => file.endsWith('.md'));
const code = files.filter((file) => /^(src|sql|test|pipelines)\/.*\.(ts|sql|mjs)$/.test(file));

/** Does `file#anchor`, seen from a folder, exist? */
function isThere(target: string, from: string): boolean {
  const [file = '', anchor] = target.split('#');
  const at = path.join(root, from, file);
  if (!existsSync(at)) return false;
  return anchor === undefined || sectionsOf(at).some((section) => section.anchor === anchor);
}

test('every link of a page leads to a file, and to a heading of it', () => {
  const broken = pages.flatMap((page) =>
    linksIn(read(page))
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) =>
        link.startsWith('#') ? !isThere(page + link, '.') : !isThere(link, path.dirname(page)),
      )
      .map((link) => `${page}: ${link}`),
  );
  assert.ok(pages.length > 30);
  assert.deepEqual(broken, []);
});

test('every file that a room’s page names is there', () => {
  const gone = pages
    .filter((page) => page.startsWith('src/'))
    .flatMap((page) =>
      [...read(page).matchAll(/`((?:\.\.\/)*[\w./-]+\.ts)`/g)].map(([, name = '']) => ({ page, name })),
    )
    .filter(({ page, name }) => ![path.dirname(page), '.', 'src'].some((from) => isThere(name, from)));
  assert.deepEqual(gone, []);
});

/** `docs/contract.md#exit-codes`, `src/sandbox/README.md`: a page named in code, from the root. */
const cited = /\b(?:docs|src|test|pipelines|data-samples)\/[\w./-]*\.md(?:#[\w-]+)?/g;

test('every page that code cites is there, with the heading', () => {
  const citations = code.flatMap((file) =>
    [...read(file).matchAll(cited)].map(([target]) => ({ file, target })),
  );
  const broken = citations.filter(({ target }) => !isThere(target, '.'));
  assert.ok(citations.length > 50);
  assert.deepEqual(broken, []);
});

/** A page named without its folder, or a shorthand for one, cannot be opened by who reads it. */
const vague = [
  /(?<![\w/.-])(?!README\.md|CHANGELOG\.md|CONTRIBUTING\.md)[\w-]+\.md\b/,
  /\bDESIGN\b/,
  /\bdrawing \d/i,
  /\bseed S\d/i,
  /[([]S[1-4]\b/,
  /\bcontract: "/,
  /\bfaults [A-Z]\d/,
];

test('no comment cites a document that is not in the repository', () => {
  const found = code
    .filter((file) => file !== 'test/docs.test.ts')
    .flatMap((file) =>
      read(file)
        .split('\n')
        .map((line, at) => ({ where: `${file}:${at + 1}`, line: line.trim() })),
    )
    .filter(({ line }) => /^(\/\*\*|\*|\/\/|--)|\/\/ /.test(line) && vague.some((each) => each.test(line)));
  assert.deepEqual(found, []);
});

test('the contract has every verb and every exit code', () => {
  const contract = sectionsOf(path.join(root, 'docs/contract.md'));
  const textOf = (anchor: string): string => contract.find((each) => each.anchor === anchor)?.text ?? '';
  const verbs = readdirSync(path.join(root, 'src/cli/verbs'))
    .map((file) => file.replace(/\.ts$/, ''))
    // `pointferry` alone
    .filter((verb) => verb !== 'home')
    // `members-import` is typed `members import`, `accept-ledger` as it is
    .filter((verb) => ![verb, verb.replace('-', ' ')].some((name) => textOf('verbs').includes(`\`${name}`)));
  assert.deepEqual(verbs, []);
  const codes = Object.values(exit).filter((each) => !textOf('exit-codes').includes(`\n| ${each} |`));
  assert.deepEqual(codes, []);
});

test('the architecture page has every table of the ledger, and no other', () => {
  const made = [...read('sql/schema.sql').matchAll(/^create table pointferry\."?(\w+)"? /gm)].map(
    ([, name]) => name,
  );
  const kept = sectionsOf(path.join(root, 'docs/architecture.md')).find(
    ({ anchor }) => anchor === 'what-is-kept-in-postgres',
  );
  const rows = (kept?.text.split('| table | one row per |')[1] ?? '').split('\n').slice(2);
  const named = rows
    .filter((row) => row.startsWith('|'))
    .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name));
  assert.deepEqual(named.toSorted(), made.toSorted());
});

const decisions = pages.filter((page) => /^docs\/decisions\/\d/.test(page));

test('every decision is in the list of decisions', () => {
  const list = read('docs/decisions/README.md');
  assert.deepEqual(
    decisions.filter((page) => !list.includes(`](${path.basename(page)})`)),
    [],
  );
});

test('every test that a decision names is in the file that it links', () => {
  const gone = decisions.flatMap((page) => {
    const heldBy = read(page).split('**Held by**')[1] ?? '';
    const linked = linksIn(heldBy).map((link) => path.join(path.dirname(page), link.split('#')[0] ?? ''));
    const tests = linked.filter((file) => file.endsWith('.test.ts')).map(read);
    const named = [...heldBy.replace(/\s+/g, ' ').matchAll(/"([^"]+)"/g)].map(([, name = '']) => name);
    const missing = named.filter((name) => !tests.some((text) => text.includes(name)));
    return linked.length === 0 ? [`${page}: no test`] : missing.map((name) => `${page}: ${name}`);
  });
  assert.deepEqual(gone, []);
});
