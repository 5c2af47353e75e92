import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect, createServer as createTcp, type Server } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { createSender, type Sender, type SenderOptions } from '../../src/push/answer/send.ts';

function sender(t: TestContext, more: Partial<SenderOptions> = {}): Sender {
  const made = createSender({ maxInFlight: 4, deadlineMs: 1_000, answerMostBytes: 10_000, env: {}, ...more });
  t.after(() => made.close());
  return made;
}

async function listen(t: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    if ('closeAllConnections' in server && typeof server.closeAllConnections === 'function')
      server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

const serve = (t: TestContext, handler: RequestListener): Promise<number> => listen(t, createHttp(handler));

const never = new AbortController().signal;
const post = (port: number, scheme = 'http') =>
  ({
    method: 'POST',
    url: `${scheme}://127.0.0.1:${port}/x?y=1`,
    headers: { 'Content-Type': 'text/plain' },
    body: 'hi',
  }) as const;

test('an answer comes whole, with lower-case headers', async (t) => {
  const port = await serve(t, (request, response) => {
    response.setHeader('X-Request-Id', 'r1');
    response.statusCode = 201;
    response.end(`${request.method} ${request.url}`);
  });
  const reply = await sender(t).send(post(port), never);
  assert.equal(reply.got, 'answer');
  if (reply.got !== 'answer') return;
  assert.equal(reply.answer.status, 201);
  assert.equal(reply.answer.body, 'POST /x?y=1');
  assert.equal(reply.answer.headers['x-request-id'], 'r1');
  assert.equal(reply.answer.truncated, false);
});

test('one deadline holds for dripping headers, dripping bodies and silence', async (t) => {
  const header = createTcp((socket) => {
    const drip = setInterval(() => socket.write('x'), 50);
    socket.write('HTTP/1.1 200 OK\r\nx-');
    socket.on('close', () => clearInterval(drip)).on('error', () => undefined);
  });
  const ports = [
    await listen(t, header),
    await serve(t, (_request, response) => {
      const drip = setInterval(() => response.write('x'), 50);
      response.on('close', () => clearInterval(drip));
    }),
    await serve(t, () => undefined),
  ];
  for (const port of ports) {
    const reply = await sender(t, { deadlineMs: 400 }).send(post(port), never);
    assert.equal(reply.got, 'nothing');
    assert.ok(reply.ms < 30_000, `${reply.ms} ms`);
  }
});

test('a body beyond the cap is cut, and the connection with it', async (t) => {
  const port = await serve(t, (_request, response) => {
    const more = (): void => {
      while (response.write('x'.repeat(65_536)));
      response.once('drain', more);
    };
    more();
  });
  const reply = await sender(t).send(post(port), never);
  assert.equal(reply.got, 'answer');
  if (reply.got !== 'answer') return;
  assert.equal(reply.answer.truncated, true);
  assert.equal(reply.answer.body.length, 10_000);
});

test('what never left is told from what may have arrived', async (t) => {
  const reset = createTcp((socket) => {
    socket.once('data', () => socket.resetAndDestroy());
    socket.on('error', () => undefined);
  });
  const resets = await sender(t).send(post(await listen(t, reset)), never);
  assert.equal(resets.got, 'nothing');
  const refused = await sender(t).send(post(1), never);
  assert.equal(refused.got, 'not_sent');
  const nowhere = await sender(t).send({ ...post(1), url: 'http://no-such-host.invalid/' }, never);
  assert.equal(nowhere.got, 'not_sent');
});

test('a certificate that nobody vouches for is refused, whatever the environment says', async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'push-tls-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [key, cert] = [path.join(folder, 'k.pem'), path.join(folder, 'c.pem')];
  try {
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        key,
        '-out',
        cert,
        '-days',
        '2',
        '-subj',
        '/CN=127.0.0.1',
        '-addext',
        'subjectAltName=IP:127.0.0.1',
      ],
      { stdio: 'ignore' },
    );
  } catch {
    return t.skip('openssl is not installed');
  }
  let arrived = 0;
  const server = createHttps({ key: readFileSync(key), cert: readFileSync(cert) }, (_request, response) => {
    arrived += 1;
    response.end('ok');
  });
  const port = await listen(t, server);
  const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  t.after(() => {
    if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
  });
  const reply = await sender(t).send(post(port, 'https'), never);
  assert.equal(reply.got, 'not_sent');
  assert.equal(arrived, 0);
});

test('a proxy is used where the environment names one', async (t) => {
  const target = await serve(t, (_request, response) => response.end('through'));
  const tunnels: string[] = [];
  const proxy = createHttp((request, response) => {
    tunnels.push(request.url ?? '');
    const to = connect(target, '127.0.0.1');
    to.on('error', () => response.destroy());
    to.write(`POST /x HTTP/1.1\r\nhost: t\r\nconnection: close\r\ncontent-length: 2\r\n\r\nhi`);
    to.pipe(response.socket ?? to);
  });
  proxy.on('connect', (request, socket, head) => {
    tunnels.push(request.url ?? '');
    const to = connect(target, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      to.write(head);
      to.pipe(socket).pipe(to);
    });
    to.on('error', () => socket.destroy());
    socket.on('error', () => to.destroy());
  });
  const port = await listen(t, proxy);
  const before = process.env.http_proxy;
  process.env.http_proxy = `http://127.0.0.1:${port}`;
  t.after(() => {
    if (before === undefined) delete process.env.http_proxy;
    else process.env.http_proxy = before;
  });
  const through = sender(t, { env: process.env });
  const reply = await through.send({ ...post(target), url: 'http://platform.example/x' }, never);
  assert.equal(reply.got, 'answer');
  assert.equal(tunnels.length, 1);
});

test('a server that closes idle connections loses no request of ours', async (t) => {
  const server = createHttp({ keepAliveTimeout: 2_000, keepAliveTimeoutBuffer: 0 }, (_request, response) => {
    response.setHeader('connection', 'keep-alive'); // no hint of when it closes
    response.end('ok');
  });
  const port = await listen(t, server);
  const one = sender(t);
  for (const pause of [0, 900, 1_100, 1_980, 2_010]) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    assert.equal((await one.send(post(port), never)).got, 'answer', `after ${pause} ms`);
  }
});
