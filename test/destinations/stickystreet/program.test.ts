import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountAccess, Outgoing, Verdict } from '../../../src/destinations/kind.ts';
import kind from '../../../src/destinations/stickystreet/program.ts';
import { answer, withFields } from '../support.ts';
import example from './program.example.ts';

const { out } = example;
const { subject } = out;
const withSettings = (settings: Record<string, unknown>): AccountAccess => ({ ...out.account, settings });
const sentOf = (operation: Outgoing) => {
  const request = kind.authorize(kind.build(operation), operation.account, null);
  return { ...request, form: [...new URLSearchParams(request.body ?? '')] };
};

test('the key stands in header or body, in both only when asked', () => {
  const places = (keyIn: string | undefined) => {
    const sent = sentOf({ ...out, account: withSettings(keyIn === undefined ? {} : { keyIn }) });
    return ['api_access_key' in sent.headers, sent.form.some(([name]) => name === 'user_api_key')];
  };
  assert.deepEqual(places(undefined), [false, true]);
  assert.deepEqual(places('body'), [false, true]);
  assert.deepEqual(places('header'), [true, false]);
  assert.deepEqual(places('both'), [true, true]);
});

test('a qualifier goes with style B, and is left out of style A with a remark', () => {
  const withQualifier = withFields(out, { membership_custom_qualifier_name: 'Nights & days' });
  assert.equal(kind.build(withQualifier).body, kind.build(out).body);
  assert.equal(kind.remarks?.(withQualifier).length, 1);
  assert.deepEqual(kind.remarks?.(out), []);
  const styleB = withFields(withQualifier, { membership_style: 'B' });
  assert.match(kind.build(styleB).body ?? '', /&membership_custom_qualifier_name=Nights\+%26\+days&/);
  assert.deepEqual(kind.remarks?.(styleB), []);
});

test('a program without one of its required settings is never built', () => {
  assert.throws(() => kind.build(withFields(out, { membership_time_unit: undefined })), TypeError);
  assert.throws(() => kind.build(withFields(out, { membership_campaigns_included: null })), TypeError);
});

test('output is asked for only where it is not the default', () => {
  const asked = (settings: Record<string, unknown>) =>
    sentOf({ ...out, account: withSettings(settings) }).form.slice(12);
  assert.deepEqual(asked({ output: 'XML' }), []);
  assert.deepEqual(asked({ output: 'JSON', condensed: true }), [
    ['output', 'JSON'],
    ['condensed', 'yes'],
  ]);
  assert.deepEqual(asked({ callback: 'done' }), [
    ['output', 'JSON'],
    ['callback', 'done'],
  ]);
});

const classify = (body: string, status = 200, settings: Record<string, unknown> = {}): Verdict =>
  kind.classify(answer(status, body), { ...out, account: withSettings(settings) });

test('success is read from XML, JSON, JSONP and condensed, at 2xx and at 4xx', () => {
  const xml = `<?xml version="1.0"?>\n<response status="success">\n  <membership_program_id>${subject}</membership_program_id>\n</response>`;
  const json = `{"status":"success","membership_program_id":"${subject}"}`;
  for (const body of [
    xml,
    `\uFEFF${xml}`,
    json,
    `done(${json});`,
    `{"status": "success",\n "membership_program_id": ${subject}}`,
  ]) {
    assert.deepEqual(classify(body), { verdict: 'delivered', platformId: subject }, body);
    assert.equal(classify(body, 400).verdict, 'delivered', body);
  }
});

test('another program, none, or half an answer is doubt at 2xx and refused at 4xx', () => {
  assert.equal(classify('<response status="success"/>').verdict, 'doubt');
  assert.equal(
    classify('<response status="success"><membership_program_id>1</membership_program_id></response>')
      .verdict,
    'doubt',
  );
  for (const body of [
    '',
    '<html><body>ok</body></html>',
    '<response status="success"><membership',
    'ok',
    '{}',
    '[]',
  ]) {
    assert.equal(classify(body).verdict, 'doubt', body);
    assert.equal(classify(body, 404).verdict, 'failed', body);
  }
});

test('failure is read from error and errors, one or many', () => {
  const reason = (body: string, status = 200) => {
    const verdict = classify(body, status);
    return verdict.verdict === 'failed' ? verdict.reason : verdict.verdict;
  };
  assert.equal(reason('<response status="error"><error>Error message</error></response>'), 'Error message');
  assert.equal(
    reason('<response status="error"><error>one</error><error>two</error></response>'),
    'one; two',
  );
  assert.equal(
    reason('<response status="error"><errors><error>a</error><error>b</error></errors></response>', 400),
    'a; b',
  );
  assert.equal(reason('{"status":"error","error":"Error message"}'), 'Error message');
  assert.equal(reason('f({"status":"error","errors":["one","two"]})'), 'one; two');
  assert.equal(reason('<response status="error"/>'), 'an error without a text');
});

test('a bare ampersand is mended once; entities are read once and never expanded', () => {
  const reason = (inner: string) => {
    const verdict = classify(`<response status="error"><error>${inner}</error></response>`);
    return verdict.verdict === 'failed' ? verdict.reason : verdict.verdict;
  };
  assert.equal(reason('Fish & Chips'), 'Fish & Chips');
  assert.equal(reason('Fish &amp; Chips &#38; more &amp;lt;'), 'Fish & Chips & more &lt;');
  assert.equal(reason('a &copy; b'), 'a &copy; b');
  assert.equal(reason('a <b'), 'doubt');
  assert.equal(
    classify('<!DOCTYPE r [<!ENTITY a "x">]><response status="error"><error>&a;</error></response>').verdict,
    'doubt',
  );
});

test('texts that the account says mean bad credentials stop it', () => {
  const body = '<response status="error"><error>Invalid user or API key.</error></response>';
  assert.equal(classify(body).verdict, 'failed');
  assert.equal(classify(body, 200, { badCredentials: ['invalid USER'] }).verdict, 'stop');
  assert.equal(classify(body, 400, { badCredentials: ['', 'something else'] }).verdict, 'failed');
});

test('a refusal names our field', () => {
  const field = (words: string) =>
    kind.refusal(answer(200, JSON.stringify({ status: 'error', error: words })), out).field;
  assert.equal(field('membership_time_unit must be D, M or Y'), 'membership_time_unit');
  assert.equal(field('Invalid membership type'), 'membership_style');
  assert.equal(field('Unknown campaign'), 'membership_campaigns_included');
  assert.equal(field('Nope'), undefined);
});
