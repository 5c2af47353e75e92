/** Writes a file to a server under a temporary name, and compares its size. */
import type { Readable } from 'node:stream';
import type { Attributes } from 'ssh2';
import { PointferryError } from '../../ground/errors.ts';
import type { Session } from './session.ts';

const blockSize = 32 * 1024;
const windowSize = 32;

/**
 * Writes `<path>.part`, and returns its path for the caller to rename. After an error the part is removed if the server still
 * answers. Throws READ_TRUNCATED if the server keeps another size than was sent.
 */
export async function writePart(session: Session, path: string, content: Readable): Promise<string> {
  const { sftp } = session;
  const part = `${path}.part`;
  const handle = await session.ask<Buffer>((done) => sftp.open(part, 'w', done));
  try {
    const size = await write(session, handle, content);
    const now = await session.ask<Attributes>((done) => sftp.fstat(handle, done));
    if (now.size !== size)
      throw new PointferryError('READ_TRUNCATED', `the server keeps ${now.size} of ${size} bytes`);
    await session.ask((done) => sftp.close(handle, (error) => done(error, null)));
    return part;
  } catch (error) {
    if (session.isOpen())
      await session.ask((done) => sftp.unlink(part, (failed) => done(failed, null))).catch(() => {});
    throw error;
  }
}

async function write(session: Session, handle: Buffer, content: Readable): Promise<number> {
  const underWay = new Set<Promise<unknown>>();
  let at = 0;
  for await (const chunk of content as AsyncIterable<Buffer>) {
    for (let from = 0; from < chunk.length; from += blockSize) {
      const block = chunk.subarray(from, from + blockSize);
      const position = at;
      const sent = session.ask((done) =>
        session.sftp.write(handle, block, 0, block.length, position, (error) => done(error, null)),
      );
      underWay.add(sent);
      sent.then(
        () => underWay.delete(sent),
        () => {}, // stays in the set, and is thrown below
      );
      at += block.length;
      if (underWay.size >= windowSize) await Promise.race(underWay);
    }
  }
  await Promise.all(underWay);
  return at;
}
