import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKinds } from '../../src/destinations/index.ts';
import type { RunFile } from '../../src/ledger/file.ts';
import { declaredAs, privacyOf } from '../../src/report/findings/privacy.ts';

const kinds = await loadKinds();
const file = (header: string[]) => ({ header, rawColumns: header, bound: {} }) as unknown as RunFile;

test('a column is personal because the kind says so of its field, whatever kind and column are called', () => {
  const member = kinds.get('hang.member');
  assert.ok(member);
  const enroll = privacyOf({ ...member, name: 'hang.enroll' } as typeof member);
  const columns = { member: { from: 'nr' }, first_name: { from: 'vorname' }, birthday: { from: 'tag' } };
  const declared = (column: string) =>
    declaredAs(enroll, { columns }, file(['nr', 'vorname', 'tag', 'x']), column);
  assert.deepEqual(['nr', 'vorname', 'tag', 'x'].map(declared), [
    'personal',
    'personal',
    'personal',
    'not-declared',
  ]);
});

test('a column with a name that sounds personal is open if the kind declares its field so', () => {
  const activity = privacyOf(kinds.get('hang.activity'));
  const columns = {
    member: { from: 'card', via: 'crosswalk' as const },
    activity_type_id: { from: 'card_type_name' },
    line_items: { item_id: { from: 'sku' }, value: { from: 'amount' } },
  };
  const declared = (column: string) =>
    declaredAs(activity, { columns }, file(['card', 'card_type_name', 'sku', 'amount', 'cashier']), column);
  assert.deepEqual(['card', 'card_type_name', 'sku', 'amount', 'cashier'].map(declared), [
    'personal',
    'open',
    'open',
    'open',
    'not-declared',
  ]);
});

test('the subject of a program kind is not a person', () => {
  const program = [...kinds.values()].find(({ subjectType }) => subjectType === 'program');
  assert.ok(program);
  const columns = { [program.subjectField]: { from: 'campaign' } };
  assert.equal(declaredAs(privacyOf(program), { columns }, file(['campaign']), 'campaign'), 'open');
});

test('of a kind that this version does not know, nothing is declared', () => {
  const columns = { type: { from: 'type' } };
  assert.equal(declaredAs(privacyOf(undefined), { columns }, file(['type']), 'type'), 'not-declared');
});
