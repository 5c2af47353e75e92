/** What every kind must be, found as the program finds them: a new kind is held to this without a change here. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { loadKinds, loadPlatforms } from '../../src/destinations/index.ts';
import { parseExact } from '../../src/destinations/json.ts';
import type {
  BuiltRequest,
  FieldDeclaration,
  FieldValue,
  Kind,
  Outgoing,
} from '../../src/destinations/kind.ts';
import { sectionsOf } from '../support/markdown.ts';
import type { Example } from './example.ts';
import { mutants } from './mutants.ts';
import { answer, withFields } from './support.ts';

const kinds = await loadKinds();
const platforms = await loadPlatforms();
const root = path.join(import.meta.dirname, '../..');
const rounds = 2000;
test('every platform has a kind, and every kind a platform and an example', () => {
  const listed = [...kinds.values()];
  for (const platform of platforms.keys())
    assert.ok(
      listed.some((kind) => kind.platform === platform),
      `${platform} has no kind`,
    );
  for (const { name, platform } of listed) {
    assert.ok(platforms.has(platform), `${name} has no platform`);
    assert.ok(existsSync(new URL(exampleFile(name))), `${name} has no example`);
  }
});

for (const [name, kind] of kinds) {
  const { default: example }: { default: Example } = await import(exampleFile(name));
  const { out } = example;
  const declared = Object.entries<FieldDeclaration>(kind.fields);

  test(`${name}: the declaration is complete and fits together`, () => {
    assert.equal(name, `${kind.platform}.${name.split('.')[1]}`);
    assert.ok(platforms.has(kind.platform));
    for (const [field, declaration] of declared) checkField(`${name}.${field}`, declaration, kind);
    assert.equal(kind.fields[kind.subjectField]?.required, true);
    if (kind.valueField !== undefined) assert.equal(kind.fields[kind.valueField]?.required, true);
    if (kind.nature === 'event') assert.equal(typeof kind.valueField, 'string');
    const grouped = kind.together.flat();
    assert.equal(new Set(grouped).size, grouped.length, 'a field stands in two groups');
    const named = [...grouped, ...kind.rules.flatMap((rule) => [rule.field, rule.other])];
    for (const field of named) assert.ok(Object.hasOwn(kind.fields, field), field);
    for (const rule of kind.rules) {
      assert.notEqual(rule.reason, '');
      if (rule.rule === 'whenIs') assert.ok(kind.fields[rule.field]?.values?.includes(rule.value));
    }
    for (const [status, moved] of Object.entries(kind.statuses ?? {})) {
      assert.match(status, /^[2-5]\d\d$/);
      assert.notEqual(moved.source, '');
    }
  });

  test(`${name}: every field is in the section that it cites`, () => {
    const cited = declared.flatMap(([field, { item, ...declaration }]) => [
      [field, declaration.source] as const,
      ...Object.entries(item ?? {}).map(([part, { source }]) => [part, source] as const),
    ]);
    const missing = cited.filter(([field, source]) => !hasField(field, source));
    assert.deepEqual(missing, []);
  });

  test(`${name}: the document's example request is what is sent`, () => {
    const built = kind.authorize(kind.build(out), out.account, null);
    const { Accept: _, ...headers } = built.headers;
    assert.deepEqual(
      { ...built, headers, body: canonical(built) },
      { ...example.request, body: canonical(example.request) },
    );
  });

  test(`${name}: building is pure, and gives the same bytes each time`, () => {
    const frozen = deepFrozen(out);
    assert.deepEqual(kind.build(frozen), kind.build(frozen));
    const shuffled = { ...out, fields: Object.fromEntries(Object.entries(out.fields).toReversed()) };
    assert.deepEqual(kind.build(shuffled), kind.build(out), 'depends on the order of the fields');
    const request = deepFrozen(kind.build(out));
    assert.deepEqual(kind.authorize(request, out.account, null), kind.authorize(request, out.account, null));
  });

  test(`${name}: the subject is the operation's, whether its field is there or not`, () => {
    const other = withFields(out, { [kind.subjectField]: 'someone-else' });
    const without = withFields(out, { [kind.subjectField]: undefined });
    assert.deepEqual(kind.build(other), kind.build(out));
    assert.deepEqual(kind.build(without), kind.build(out));
  });

  test(`${name}: decimals keep every digit`, () => {
    for (const field of decimalFields(kind)) {
      for (const digits of [
        '0.1',
        '12345678901234567890.123',
        '100.00',
        '0.0000000000000000001',
        '9007199254740993',
      ]) {
        const body = kind.build(field.filled(out, digits)).body ?? '';
        const found = [...body.matchAll(/[\d.]+/g)].map(([number]) => number);
        assert.ok(found.includes(digits), `${field.name} ${digits}`);
      }
    }
  });

  test(`${name}: what is absent is not sent, and a null only where the field is clearable`, () => {
    const required = declared.filter(([, field]) => field.required === true).map(([field]) => field);
    const least = Object.fromEntries(
      Object.entries(out.fields).filter(([field]) => required.includes(field)),
    );
    const body = kind.build({ ...out, fields: least }).body ?? '';
    for (const [field] of declared.filter(([field]) => !required.includes(field))) {
      assert.doesNotMatch(body, new RegExp(`\\b${field}\\b`));
    }
    for (const [field, declaration] of declared.filter(([field]) => field !== kind.subjectField)) {
      const cleared = withFields(withStyleOf(kind, out), { [field]: null });
      if (declaration.clearable === true) {
        assert.match(kind.build(cleared).body ?? '', new RegExp(`"${field}":null[,}]`));
      } else assert.throws(() => kind.build(cleared), TypeError, field);
    }
  });

  test(`${name}: no secret stands in a request before it is authorized`, () => {
    const declaredSecrets = platforms.get(kind.platform)?.secrets ?? {};
    const secrets = Object.fromEntries(
      Object.keys(declaredSecrets).map((secret) => [secret, `canary-${secret}`]),
    );
    for (const settings of [{}, { keyIn: 'header' }, { keyIn: 'both' }]) {
      const account = { ...out.account, secrets, settings };
      const request = kind.build({ ...out, account });
      assert.doesNotMatch(JSON.stringify(request), /canary-/);
      assert.match(JSON.stringify(kind.authorize(request, account, null)), /canary-/);
    }
  });

  test(`${name}: good answers are understood, half ones never`, () => {
    for (const body of example.answers) {
      assert.ok(example.isGood(body), body);
      assert.equal(kind.classify(answer(200, body), out).verdict, 'delivered', body);
      assert.equal(kind.classify({ ...answer(200, body), truncated: true }, out).verdict, 'doubt');
      for (let end = 0; end < body.trimEnd().length - 1; end += 1) {
        assert.notEqual(
          kind.classify(answer(200, body.slice(0, end)), out).verdict,
          'delivered',
          `cut at ${end}`,
        );
      }
    }
    for (const body of ['', ' ', 'null', '[]', '{}', '"ok"', 'OK', '<html><body>ok</body></html>', '\0']) {
      assert.equal(kind.classify(answer(200, body), out).verdict, 'doubt', JSON.stringify(body));
    }
  });

  test(`${name}: ${rounds} damaged answers: none throws, none is taken for success`, (t) => {
    const counts: Record<string, number> = {};
    for (const [round, body] of mutants(example.answers, rounds, 20260101).entries()) {
      const { verdict } = kind.classify(answer(200, body), out);
      counts[verdict] = (counts[verdict] ?? 0) + 1;
      if (verdict === 'delivered')
        assert.ok(
          holds(() => example.isGood(body)),
          `round ${round}: ${body}`,
        );
      for (const status of [400, 404, 409, 422, 499, 500])
        checkWords(kind.refusal(answer(status, body), out).reason);
    }
    t.diagnostic(`verdicts ${JSON.stringify(counts)}`);
  });

  test(`${name}: hostile answers cost neither the stack nor the time`, () => {
    const deep = 200_000;
    const bodies = [
      '['.repeat(deep),
      `${'{"errors":'.repeat(deep)}1${'}'.repeat(deep)}`,
      '<a>'.repeat(deep),
      `<response status="error">${'<e>'.repeat(deep)}${'</e>'.repeat(deep)}</response>`,
      `{"error":"${'a'.repeat(1_000_000)}@"}`,
      `{"message":"${'1 '.repeat(500_000)}"}`,
      '{"__proto__":{"status":"success"},"constructor":1,"hasOwnProperty":2}',
      `f(${'('.repeat(deep)}`,
      '&'.repeat(deep),
      `<response status="error"><error>${'&'.repeat(deep)}</error></response>`,
    ];
    const started = process.cpuUsage();
    for (const body of bodies) {
      for (const status of [200, 400, 422]) {
        assert.notEqual(kind.classify(answer(status, body), out).verdict, 'delivered', body.slice(0, 40));
        checkWords(kind.refusal(answer(status, body), out).reason);
      }
    }
    assert.ok(process.cpuUsage(started).user < 20_000_000, 'no pattern may take for ever');
  });

  test(`${name}: a reason repeats nothing that was said about a person`, () => {
    const personal = declared.filter(([, field]) => field.personal === true && field.type !== 'enum');
    for (const [field] of personal) {
      for (const text of textsOf(field === kind.subjectField ? out.subject : (out.fields[field] ?? null))) {
        const body = JSON.stringify({ message: `${field}: ${text} and ${text.toUpperCase()} are bad` });
        const { reason } = kind.refusal(answer(422, body), withFields(out, { [field]: out.fields[field] }));
        assert.doesNotMatch(reason.replace(field, ''), new RegExp(RegExp.escape(text), 'i'), field);
      }
    }
  });
}

/** `docs/platforms/hang.md#record-an-activity, and why`: does that section have the field in its table? */
function hasField(field: string, source: string): boolean {
  const [, page = '', anchor] = /^(docs\/platforms\/[\w-]+\.md)#([\w-]+)/.exec(source) ?? [];
  const section = sectionsOf(path.join(root, page)).find((each) => each.anchor === anchor);
  return section !== undefined && new RegExp(`\`(\\w+\\.)*${field}\``).test(section.text);
}

function exampleFile(name: string): string {
  return pathToFileURL(`${import.meta.dirname}/${name.replace('.', '/')}.example.ts`).href;
}

function checkField(path: string, field: FieldDeclaration, kind: Kind): void {
  assert.notEqual(field.source.trim(), '', `${path}: no source`);
  assert.equal(field.type === 'enum', (field.values?.length ?? 0) > 0, `${path}: values`);
  assert.equal(field.type === 'list', field.item !== undefined, `${path}: item`);
  assert.equal(field.type === 'phone', field.phone !== undefined, `${path}: phone`);
  assert.ok((field.minLength ?? 0) <= (field.maxLength ?? Number.POSITIVE_INFINITY), `${path}: lengths`);
  if (field.nonNegative === true) assert.match(field.type, /^(decimal|integer)$/, path);
  if (field.whole === true) assert.match(field.type, /^(list|dictionary)$/, path);
  if (field.type === 'dictionary') assert.equal(field.whole, true, path);
  if (field.clearable === true) assert.notEqual(field.required, true, path);
  if (/^(phone|email)$/.test(field.type)) assert.equal(field.personal, true, `${path}: is about a person`);
  if (field.pattern !== undefined) assert.ok(new RegExp(field.pattern).test('a-1'), `${path}: pattern`);
  if (path.endsWith(`.${kind.subjectField}`) && kind.subjectType === 'member')
    assert.equal(field.personal, true);
  for (const [part, item] of Object.entries(field.item ?? {})) checkField(`${path}[].${part}`, item, kind);
}

/** The body with spaces and order of the form taken off: JSON as written anew, a form as its pairs. */
function canonical({ body, headers }: BuiltRequest): string {
  const isForm = headers['Content-Type']?.includes('urlencoded') === true;
  return isForm
    ? JSON.stringify([...new URLSearchParams(body ?? '')])
    : JSON.stringify(parseExact(body ?? ''));
}

interface DecimalField {
  readonly name: string;
  readonly filled: (out: Outgoing, digits: string) => Outgoing;
}

/** Decimal fields, those of a list's first item included. */
function decimalFields(kind: Kind): readonly DecimalField[] {
  return Object.entries<FieldDeclaration>(kind.fields).flatMap(([name, field]) => {
    if (field.type === 'decimal') {
      return [{ name, filled: (out: Outgoing, digits: string) => withFields(out, { [name]: digits }) }];
    }
    const parts = Object.entries(field.item ?? {}).filter(([, item]) => item.type === 'decimal');
    return parts.map(([part]) => ({
      name: `${name}[].${part}`,
      filled: (out: Outgoing, digits: string) => {
        const list = out.fields[name];
        const first = Array.isArray(list) ? list[0] : {};
        return withFields(out, { [name]: [{ ...first, [part]: digits }] });
      },
    }));
  });
}

/** The operation with every rule's field at the value that makes the other one count. */
function withStyleOf(kind: Kind, out: Outgoing): Outgoing {
  return kind.rules.reduce(
    (sofar, rule) =>
      rule.rule === 'whenIs' ? withFields(sofar, { [rule.field]: rule.value, [rule.other]: 'x' }) : sofar,
    out,
  );
}

function textsOf(value: FieldValue): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  const inner: readonly FieldValue[] = Array.isArray(value) ? value : Object.values(value);
  return inner.flatMap(textsOf).filter((text) => text !== 'active');
}

function checkWords(reason: string): void {
  assert.ok(reason.length <= 300 && reason.length > 0, `a reason of ${reason.length}`);
  assert.doesNotMatch(reason, /[\p{Cc}\p{Cf}\p{Cs}]/u);
}

function holds(predicate: () => boolean): boolean {
  try {
    return predicate();
  } catch {
    return false;
  }
}

function deepFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(deepFrozen);
    Object.freeze(value);
  }
  return value;
}
