import assert from 'node:assert/strict';
import { test } from 'node:test';
import kind from '../../../src/destinations/hang/member.ts';
import { answer, withFields } from '../support.ts';
import example from './member.example.ts';

const { out } = example;

test('an absent field is absent, and nothing can be cleared', () => {
  assert.equal(kind.build({ ...out, fields: { email: 'a@b.example' } }).body, '{"email":"a@b.example"}');
  assert.throws(() => kind.build(withFields(out, { first_name: null })), TypeError);
});

test("the document's example answer is understood though it does not mirror the request", () => {
  const body = (id: unknown) =>
    JSON.stringify({ membership: { id, external_user_id: 'user123', created_at: 1633887337 } });
  assert.deepEqual(kind.classify(answer(200, body('membership_id_1')), out), {
    verdict: 'delivered',
    platformId: 'membership_id_1',
  });
  assert.equal(kind.classify(answer(200, body(12345)), { ...out, subject: '12345' }).verdict, 'delivered');
  assert.equal(kind.classify(answer(200, body('another')), out).verdict, 'doubt');
  assert.equal(kind.classify(answer(200, '{"membership":{}}'), out).verdict, 'doubt');
  assert.equal(kind.classify(answer(200, '[]'), out).verdict, 'doubt');
});

test('a reason shows nobody: not the member, not what was sent, not the same phone in another spelling', () => {
  const said = kind.refusal(
    answer(422, '{"error":"SMITH, born 1989-02-25, (789) 123-4567,\\nother@mail.example: taken"}'),
    out,
  );
  assert.equal(said.reason, '***, born ***, ***, ***: taken');
});

test('a refusal is tied to the field it names', () => {
  const field = (words: string) => kind.refusal(answer(422, JSON.stringify({ error: words })), out).field;
  assert.equal(field('EMAIL_ALREADY_EXISTS'), 'email');
  assert.equal(field('External user ID has been taken'), 'external_user_id');
  assert.equal(field('family_member_birthdays[0].birthday is invalid'), 'family_member_birthdays');
  assert.equal(field('birth_date is missing'), 'family_member_birthdays');
  assert.equal(field('Could not find the program membership provided.'), 'member');
  assert.equal(field('email or phone?'), undefined);
  assert.equal(field('no'), undefined);
});
