import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKinds } from '../../src/destinations/index.ts';
import type { FieldDeclaration } from '../../src/destinations/kind.ts';
import { typeNameOf, types, typesFor } from '../../src/mapping/types/index.ts';
import { columnTypes } from '../../src/pipeline/mapping.ts';

const declarations = (fields: Readonly<Record<string, FieldDeclaration>>): readonly FieldDeclaration[] =>
  Object.values(fields).flatMap((field) => [field, ...declarations(field.item ?? {})]);

test('every type of field that a kind declares is read as exactly one column type', async () => {
  const declared = [...(await loadKinds()).values()].flatMap((kind) => declarations(kind.fields));
  for (const field of new Set(declared.map(({ type }) => type)))
    assert.equal(columnTypes.filter((name) => types[name].own.includes(field)).length, 1, field);
});

test('a mapping is read as the type that it states, else as that of the field', () => {
  const cell = { from: 'x' };
  const read = [
    typeNameOf({ ...cell, as: 'json' }, 'text'),
    typeNameOf(cell, 'instant'),
    typeNameOf(cell, 'enum'),
    typeNameOf(cell, 'dictionary'),
    typeNameOf(cell, undefined),
    typeNameOf({ sum: 'x' }, 'integer'),
    typeNameOf({ compute: 'x' }, 'text'),
  ];
  assert.deepEqual(read, ['json', 'timestamp', 'text', 'json', 'text', 'integer', 'decimal']);
});

test('a field takes its own type and those that fit it; one of text takes all', () => {
  assert.deepEqual(typesFor('decimal'), ['decimal', 'integer']);
  assert.deepEqual(typesFor('email'), ['email', 'text']);
  assert.deepEqual(typesFor('instant'), ['timestamp']);
  assert.deepEqual([...typesFor('enum')].sort(), [...columnTypes].sort());
});
