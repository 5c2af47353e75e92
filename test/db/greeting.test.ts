import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import test from 'node:test';
import { isDatabaseError } from '../../src/db/failure.ts';
import { openDatabase, withClient } from '../../src/db/pool.ts';

/** A message of the protocol: type, length, body. */
function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

test('a backend that dies in the very breath in which it says it is ready does not end the process', async (t) => {
  const ready = Buffer.concat([message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))]);
  const died = message(
    'E',
    Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0'),
  );
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(Buffer.concat([ready, died])));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const db = openDatabase(`postgres://x:y@127.0.0.1:${port}/z`);
  t.after(async () => {
    await db.close();
    server.close();
  });
  // an 'error' event that nobody hears is an uncaught exception, and fails this test
  await assert.rejects(
    withClient(db, (client) => client.query('select 1')),
    isDatabaseError,
  );
});
