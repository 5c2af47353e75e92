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

const grammar = async (file: string): Promise<string> =>
  await readFile(join(root, 'src/pipeline', file), 'utf8');
const code = (word: string): string => `\`${word}\``;
const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll(/\\?\|/g, '\\|')).join(' | ')} |`)
    .join('\n');

/** A row for each key of a declaration, from the comment before it. */
function rowsOf(text: string, declaration: string): readonly (readonly string[])[] {
  const body = new RegExp(`^export interface ${declaration} \\{\\n([\\s\\S]*?)^\\}`, 'm').exec(text);
  const found =
    body ?? new RegExp(`^(?:export )?const ${declaration} = [^\\n]*\\{\\n([\\s\\S]*?)^\\}`, 'm').exec(text);
  assert.ok(found, declaration);
  const comment =
    /^ {2}\/\*\*((?:(?!\*\/)[\s\S])*?)@example ((?:(?!\*\/)[\s\S])*?)\*\/\n {2}(?:readonly )?(\w+)/gm;
  const line = (lines: string): string => lines.replaceAll(/\s*\n\s*\*?\s*/g, ' ').trim();
  return [...(found[1] ?? '').matchAll(comment)].map(([, says = '', example = '', key = '']) => [
    code(key),
    line(says),
    code(line(example)),
  ]);
}

/** `types.ts group amountKeys`: the keys of two declarations of that file. */
async function keyTable(names: string): Promise<string> {
  const [file = '', ...declarations] = names.split(' ');
  const text = await grammar(file);
  return tableOf(
    ['key', 'says', 'example'],
    declarations.flatMap((declaration) => rowsOf(text, declaration)),
  );
}

function columnTypeTable(): string {
  const rows = Object.entries(types).map(([name, { about, own, fits = [], keys, code: fault }]) => [
    code(name),
    about,
    [...own, ...fits].map(code).join(', '),
    keys.map(code).join(', '),
    fault === null ? '' : code(fault),
  ]);
  return tableOf(['`as`', 'reads', 'fields (those of text take every type)', 'keys', 'else'], rows);
}

/** The guide, with what is made from the code between its marks. */
async function made(text: string): Promise<string> {
  const pieces = text.split(/(<!-- (?:keys of [\w. ]+|column types) -->\n)[\s\S]*?(\n<!-- end -->)/);
  for (const [index, piece] of pieces.entries()) {
    const names = /^<!-- keys of (.+) -->\n$/.exec(piece)?.[1];
    if (names !== undefined) pieces[index] += `\n${await keyTable(names)}\n`;
    else if (piece === '<!-- column types -->\n') pieces[index] += `\n${columnTypeTable()}\n`;
  }
  return pieces.join('');
}

test('the tables that are made from the code say what the code says', async () => {
  const text = await made(guide);
  if (process.env.GUIDE === 'write') await writeFile(page, text);
  assert.equal(await readFile(page, 'utf8'), text);
});

test('every key of the grammar that has a table there has an example', async () => {
  for (const [, names = ''] of guide.matchAll(/<!-- keys of (.+) -->/g)) {
    const [file = '', ...declarations] = names.split(' ');
    const text = await grammar(file);
    for (const declaration of declarations) {
      const rows = rowsOf(text, declaration);
      const body = text.slice(text.search(new RegExp(`(const|interface) ${declaration}\\b`)));
      const keys = body.slice(0, body.indexOf('\n}')).match(/^ {2}(?:readonly )?\w+[?:,]/gm) ?? [];
      assert.equal(rows.length, keys.length, `${file} ${declaration}`);
    }
  }
});

test('the guide has every key of the grammar', async () => {
  const check =
    /needed|text|anyText|flag|count|positive|list|oneOf|choose|that|object|dictionary|envRef|duration|zone|clock|threshold/;
  for (const file of ['types.ts', 'mapping.ts', 'format.ts', 'source.ts']) {
    const text = await grammar(file);
    const keys = new Set(
      [...text.matchAll(new RegExp(`(?<=[{,] |^ +)(?!use\\b)(\\w+): (?:${check.source})\\b`, 'gm'))].map(
        ([, key = '']) => key,
      ),
    );
    assert.ok(keys.size >= 5, file);
    assert.deepEqual(
      [...keys].filter((key) => !says(key)),
      [],
      file,
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
