import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkFolder } from '../../src/check/check.ts';
import { loadKinds, loadPlatforms } from '../../src/destinations/index.ts';
import type { FieldDeclaration } from '../../src/destinations/kind.ts';
import { types } from '../../src/mapping/types/index.ts';
import { loadAll } from '../../src/pipeline/load.ts';

const root = join(import.meta.dirname, '../..');
const page = join(root, 'pipelines/README.md');
const guide = await readFile(page, 'utf8');

/** As a word in a code span: `` `take` ``, `` `group: { take: … }` ``. */
const spans = [...guide.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
const says = (word: string): boolean =>
  spans.some((span) => new RegExp(`(^|[^\\w])${word}([^\\w]|$)`).test(span));

const code = (word: string): string => `\`${word}\``;

/** The table of column types. */
function columnTypes(): string {
  const rows = Object.entries(types).map(([name, type]) => {
    const fields = [...type.own, ...(type.fits ?? [])].map((field) => code(field)).join(', ');
    return `| ${code(name)} | ${type.about} | ${fields} | ${type.keys.map(code).join(', ')} | ${type.code === null ? '' : code(type.code)} |`;
  });
  const head = '| `as` | reads | fields (those of text take every type) | keys | else |';
  return [head, '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}

/** The guide with what is made from the code put in between its marks. */
const made = (text: string): string =>
  text.replace(
    /(<!-- column types: [^\n]*-->\n)[\s\S]*?(\n<!-- end -->)/,
    (_, from: string, to: string) => `${from}\n${columnTypes()}\n${to}`,
  );

test('the tables that are made from the code are as the code says', async () => {
  if (process.env.GUIDE === 'write') await writeFile(page, made(guide));
  assert.equal(await readFile(page, 'utf8'), made(guide));
});

test('the guide has every key of the grammar', async () => {
  for (const file of ['types', 'mapping', 'format', 'source']) {
    const text = await readFile(join(root, `src/pipeline/${file}.ts`), 'utf8');
    const keys = new Set([...text.matchAll(/readonly (\w+)\??:/g)].map((match) => match[1] ?? ''));
    assert.ok(keys.size >= 5, file);
    assert.deepEqual(
      [...keys].filter((key) => !says(key)),
      [],
      `${file}.ts`,
    );
  }
});

test('the guide has every field of every kind, every secret and every setting', async () => {
  for (const kind of (await loadKinds()).values()) {
    assert.ok(says(kind.name), kind.name);
    for (const [name, field] of Object.entries<FieldDeclaration>(kind.fields))
      for (const each of [name, ...Object.keys(field.item ?? {})])
        assert.ok(says(each), `${kind.name} ${each}`);
  }
  for (const { name, secrets, settings } of (await loadPlatforms()).values())
    for (const each of [...Object.keys(secrets), ...Object.keys(settings)])
      assert.ok(says(each), `${name} ${each}`);
});

test('the whole examples of the guide are pipelines and accounts without a problem', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'pointferry-guide-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'accounts'));
  const examples = [...guide.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
  const whole = examples.filter((example) => example.includes('export default'));
  assert.equal(whole.length, 2);
  for (const [n, example] of whole.entries()) {
    const place = example.includes('defineAccount') ? 'accounts/hang-us.ts' : `example-${n}.ts`;
    await writeFile(join(folder, place), example);
  }
  const sample = await readFile(join(root, 'pipelines/accounts/hang-sandbox.ts'), 'utf8');
  await writeFile(join(folder, 'accounts/hang-sandbox.ts'), sample);
  assert.deepEqual((await checkFolder(folder)).problems, []);
});

test('every pipeline of this folder is without a problem, and the guide names it', async () => {
  const folder = join(root, 'pipelines');
  assert.deepEqual((await checkFolder(folder)).problems, []);
  for (const { name } of (await loadAll(folder)).pipelines)
    assert.ok(guide.includes(`[${name}](${name}.ts)`), name);
});
