import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import type { Fault, FaultAction } from '../../src/sandbox/faults.ts';
import { newFaultBook } from '../../src/sandbox/faults.ts';
import { openSandbox } from '../world/sandbox.ts';
import { activityBody, ask, codeOf, postActivity, seededHang } from './support.ts';

/** Sets one fault, posts one activity under a new key, and tells what came back and whether it was applied. */
async function suffer(t: Parameters<typeof openSandbox>[0], action: FaultAction) {
  const { url, admin } = await openSandbox(t, { ...seededHang, faults: [{ do: action }] });
  const reply = await postActivity(url, '12345', activityBody('k')).catch((error: unknown) => error as Error);
  return { reply, applied: (await admin.effects()).length, url, admin };
}
const answered = <T>(reply: T | Error): T => {
  if (reply instanceof Error) throw reply;
  return reply;
};

test('cut: the connection ends without an answer, after applying or before; closed or reset', async (t) => {
  for (const applied of [true, false])
    for (const reset of [true, false]) {
      const outcome = await suffer(t, { kind: 'cut', applied, reset });
      assert.ok(outcome.reply instanceof Error);
      assert.equal(outcome.applied, applied ? 1 : 0);
      await outcome.admin.setFaults([]);
      assert.equal((await postActivity(outcome.url, '12345', activityBody('k'))).status, 200);
      assert.equal((await outcome.admin.effects()).length, 1);
      const log = await outcome.admin.requests();
      assert.deepEqual(
        log.map((one) => [one.status, one.replayed, one.faults.length]),
        [
          [null, false, 1],
          [200, applied, 0],
        ],
      );
      assert.equal(log[0]?.bodySha256, log[1]?.bodySha256);
    }
});

test('429 comes with seconds, a date, rubbish or nothing in Retry-After, and nothing is applied', async (t) => {
  for (const retryAfter of [7, 'soon', '99999999', undefined]) {
    const { reply, applied } = await suffer(t, {
      kind: 'throttle',
      ...(retryAfter === undefined ? {} : { retryAfter }),
    });
    const { status, headers } = answered(reply);
    assert.deepEqual(
      [status, headers.get('retry-after'), applied],
      [429, retryAfter === undefined ? null : String(retryAfter), 0],
    );
  }
  const dated = answered((await suffer(t, { kind: 'throttle', retryAfter: { date: 30 } })).reply);
  const ahead = Date.parse(dated.headers.get('retry-after') ?? '') - Date.now();
  assert.ok(ahead > 25_000 && ahead <= 30_000, `${ahead}`);
});

test('a status: refused, or answered although applied; with the body that is wanted', async (t) => {
  const refused = await suffer(t, { kind: 'status', status: 503 });
  assert.deepEqual([answered(refused.reply).status, refused.applied], [503, 0]);
  assert.equal(codeOf(answered(refused.reply)), 'SANDBOX_FAULT');
  const late = await suffer(t, { kind: 'status', status: 500, applied: true });
  assert.deepEqual([answered(late.reply).status, late.applied], [500, 1]);
  const body = '{"idempotency_key":"another"}';
  const echo = await suffer(t, { kind: 'status', status: 200, body, applied: true, headers: { 'x-a': 'b' } });
  const { status, text, headers } = answered(echo.reply);
  assert.deepEqual([status, text, headers.get('x-a'), echo.applied], [200, body, 'b', 1]);
});

test('more headers on the right answer, and a Retry-After that lies in the past', async (t) => {
  const quota = { 'ratelimit-remaining': 'many', 'x-ratelimit-reset': '-1' };
  const { reply, applied } = await suffer(t, { kind: 'headers', headers: quota });
  const { status, text, headers } = answered(reply);
  assert.deepEqual({ status, text, applied }, { status: 200, text: '{"idempotency_key":"k"}', applied: 1 });
  assert.equal(headers.get('ratelimit-remaining'), 'many');
  const past = answered((await suffer(t, { kind: 'throttle', retryAfter: { date: -60 } })).reply);
  assert.ok(Date.parse(past.headers.get('retry-after') ?? '') < Date.now() - 50_000);
});

test('malformed, empty and HTML answers come with 200 after applying', async (t) => {
  const whole = '{"idempotency_key":"k"}';
  const malformed = await suffer(t, { kind: 'malformed' });
  assert.deepEqual([answered(malformed.reply).text, malformed.applied], [whole.slice(0, 11), 1]);
  const empty = await suffer(t, { kind: 'empty' });
  assert.deepEqual([answered(empty.reply).status, answered(empty.reply).text], [200, '']);
  const html = await suffer(t, { kind: 'html', applied: false });
  assert.match(answered(html.reply).headers.get('content-type') ?? '', /html/);
  assert.deepEqual([answered(html.reply).status, html.applied], [200, 0]);
});

test('truncated: 200 and half a body, then the connection ends', async (t) => {
  const { url } = await openSandbox(t, { ...seededHang, faults: [{ do: { kind: 'truncated' } }] });
  const text = await raw(url, activityBody('k'));
  assert.match(text, /content-length: 23/);
  assert.ok(text.endsWith('{"idempoten'), text);
});

test('dripping body and dripping headers arrive bit by bit, whole in the end', async (t) => {
  for (const part of ['body', 'headers'] as const) {
    const { reply, applied } = await suffer(t, { kind: 'drip', everyMs: 1, bytes: 3, part });
    assert.deepEqual([answered(reply).text, applied], ['{"idempotency_key":"k"}', 1]);
  }
});

test('huge: as many bytes as asked for, or few that unpack to as many', async (t) => {
  const plain = await suffer(t, { kind: 'huge', bytes: 3_000_000 });
  assert.deepEqual(
    [answered(plain.reply).text.length, answered(plain.reply).json],
    [3_000_023, { idempotency_key: 'k' }],
  );
  const { url } = await openSandbox(t, {
    ...seededHang,
    faults: [{ do: { kind: 'huge', bytes: 3_000_000, gzip: true } }],
  });
  const packed = await raw(url, activityBody('k'), 'latin1');
  assert.match(packed, /content-encoding: gzip/);
  assert.ok(packed.length < 30_000, `${packed.length}`);
  const unpacked = await postActivity(url, '12345', activityBody('k'));
  assert.equal(unpacked.text.length, 3_000_023);
});

test('redirect and expired tokens', async (t) => {
  const { reply, applied } = await suffer(t, { kind: 'redirect', location: 'http://127.0.0.1:1/' });
  assert.deepEqual(
    [answered(reply).status, answered(reply).headers.get('location'), applied],
    [302, 'http://127.0.0.1:1/', 0],
  );
  const { url } = await openSandbox(t, {
    seeds: { fabric: { members: [{ profileId: 'p' }] } },
    faults: [{ route: 'fabric.member', nth: [2], do: { kind: 'expire-token' } }],
  });
  const basic = `Basic ${Buffer.from('sandbox-client:sandbox-secret').toString('base64')}`;
  const fresh = async (): Promise<string> => {
    const body = new URLSearchParams({ grant_type: 'client_credentials' });
    const token = await ask(`${url}/oauth2/x/v1/token`, {
      method: 'POST',
      headers: { authorization: basic },
      body,
    });
    return (token.json as { access_token: string }).access_token;
  };
  const put = async (token: string): Promise<number> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    return (await ask(`${url}/v1/members`, { method: 'PUT', headers, body: '{"profileId":"p"}' })).status;
  };
  const token = await fresh();
  assert.deepEqual([await put(token), await put(token), await put(token)], [200, 401, 401]);
  assert.equal(await put(await fresh()), 200);
});

test('latency holds the answer back; silence never ends; a second with the same key can be told 409', async (t) => {
  const { url, admin } = await openSandbox(t, {
    ...seededHang,
    switches: { hang: { keyInFlight: '409' } },
    faults: [{ nth: [1], do: { kind: 'latency', ms: 150, when: 'after' } }],
  });
  const start = performance.now();
  const slow = postActivity(url, '12345', activityBody('k'));
  await admin.waitForEffects(1);
  const second = await postActivity(url, '12345', activityBody('k'));
  assert.deepEqual([second.status, codeOf(second)], [409, 'IDEMPOTENCY_KEY_IN_FLIGHT']);
  assert.equal((await slow).status, 200);
  assert.ok(performance.now() - start >= 149);
  await admin.setFaults([{ do: { kind: 'silence', applied: true } }]);
  const aborted = ask(`${url}/v2/program-memberships/12345/activities`, {
    method: 'POST',
    headers: { 'x-api-key': 'sandbox-hang-key', 'content-type': 'application/json' },
    body: JSON.stringify(activityBody('silent')),
    signal: AbortSignal.timeout(200),
  });
  await assert.rejects(aborted, { name: 'TimeoutError' });
  assert.equal((await admin.effects()).length, 2);
});

test('faults hit by platform, route, subject, count, position and time', () => {
  let clock = 0;
  const book = newFaultBook(1, () => clock);
  const target = {
    platform: 'hang',
    route: 'hang.activity',
    subject: 'm',
    identity: 'k',
    bodySha256: '',
  } as const;
  const fires = (fault: Omit<Fault, 'do'>, times = 1, more: object = {}): string => {
    book.set([{ ...fault, do: { kind: 'empty' } }]);
    return Array.from({ length: times }, () => book.pick({ ...target, ...more }, clock).length).join('');
  };
  assert.equal(fires({ platform: 'fabric' }), '0');
  assert.equal(fires({ route: 'hang.*' }), '1');
  assert.equal(fires({ route: 'hang.member' }), '0');
  assert.equal(fires({ subject: 'm' }, 1, { subject: 'n' }), '0');
  assert.equal(fires({ skip: 1, count: 2 }, 5), '01100');
  assert.equal(fires({ nth: [1, 4] }, 5), '10010');
  book.set([{ afterMs: 10, forMs: 5, do: { kind: 'empty' } }]);
  const during = [9, 10, 14, 15].map((at) => {
    clock = at;
    return book.pick(target, clock).length;
  });
  assert.deepEqual(during, [0, 1, 1, 0]);
  assert.deepEqual(
    book.list().map(({ matched, fired }) => [matched, fired]),
    [[2, 2]],
  );
});

test('a share is the same for the same seed, whatever the order, and another for another seed', () => {
  const chosen = (seed: number, order: readonly number[]): string[] => {
    const book = newFaultBook(seed, () => 0);
    book.set([{ share: 0.3, do: { kind: 'empty' } }]);
    const hit = order.filter((n) => {
      const target = { platform: 'hang', route: 'hang.activity', subject: 'm', bodySha256: '' } as const;
      return book.pick({ ...target, identity: `k${n}` }, 0).length > 0;
    });
    return hit.map(String).sort();
  };
  const order = Array.from({ length: 1000 }, (_, n) => n);
  const first = chosen(7, order);
  assert.deepEqual(chosen(7, order.toReversed()), first);
  assert.notDeepEqual(chosen(8, order), first);
  assert.ok(first.length > 250 && first.length < 350, `${first.length} of 1000`);
});

test('a fault or switch with a typo is refused, with its place', async (t) => {
  const { url } = await openSandbox(t);
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ['faults', '[{"do":{"kind":"cutt"}}]', /faults\[0\]\.do\.kind must be/],
    ['faults', '[{"do":{"kind":"cut"}}]', /faults\[0\]\.do\.applied is missing/],
    ['faults', '[{"shar":1,"do":{"kind":"empty"}}]', /faults\[0\]\.shar is not known/],
    ['faults', '[{"share":2,"do":{"kind":"empty"}}]', /faults\[0\]\.share has a wrong value/],
    ['faults', '{', /not what this endpoint takes/],
  ];
  for (const [path, body, says] of cases)
    assert.match((await ask(`${url}/_admin/${path}`, { method: 'PUT', body })).text, says);
  const patch = (body: object) =>
    ask(`${url}/_admin/switches`, { method: 'PATCH', body: JSON.stringify(body) });
  assert.match((await patch({ hang: { family: 'both' } })).text, /hang\.family must be replace or merge/);
  assert.match((await patch({ hang: { famly: 'merge' } })).text, /hang\.famly is not a switch/);
});

/** One request over a bare socket; gives all bytes that came until the end. */
async function raw(url: string, body: object, encoding: BufferEncoding = 'utf8'): Promise<string> {
  const { port } = new URL(url);
  const text = JSON.stringify(body);
  const socket = connect(Number(port), '127.0.0.1').setEncoding(encoding);
  let got = '';
  socket.on('data', (chunk: string) => {
    got += chunk;
  });
  socket.on('error', () => undefined);
  socket.write(
    `POST /v2/program-memberships/12345/activities HTTP/1.1\r\nhost: x\r\nconnection: close\r\n` +
      `x-api-key: sandbox-hang-key\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
  );
  await once(socket, 'close');
  return got;
}
