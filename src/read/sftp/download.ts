/** Reads a remote file fast and in order, and checks the size that the server states. */
import type { Attributes } from 'ssh2';
import { PointferryError } from '../../ground/errors.ts';
import { notFinished } from '../faults.ts';
import type { Candidate, Look } from '../source.ts';
import type { Session } from './session.ts';
import { isAbsent } from './status.ts';

const blockSize = 32 * 1024;
/** Requests under way at once: 2 MB, enough for 20 MB/s over a line of 100 ms. */
const windowSize = 64;

/** Seconds since 1970 are all that the protocol knows of a time. */
export function lookOf(attributes: Attributes): Look {
  return { size: attributes.size, mtime: new Date(attributes.mtime * 1_000) };
}

/**
 * The bytes of a file from an offset on. Size and time of the open file are compared with the candidate's before
 * the first byte and after the last, and one read after the stated end must find nothing. Throws READ_NOT_FINISHED, READ_TRUNCATED
 * for an end before the stated one, and READ_STALLED for no answer in time.
 */
export async function* download(
  session: Session,
  candidate: Candidate,
  from: number,
): AsyncGenerator<Buffer> {
  const { sftp } = session;
  const handle = await session
    .ask<Buffer>((done) => sftp.open(candidate.path, 'r', done))
    .catch((error: unknown) => {
      throw isAbsent(error) ? notFinished(candidate, 'it is gone') : error;
    });
  try {
    await compare(session, handle, candidate);
    yield* blocks(session, handle, candidate, from);
    const behind = await readAt(session, handle, candidate.size, 1);
    if (behind.length > 0) throw notFinished(candidate, 'it is longer than the server states');
    await compare(session, handle, candidate);
  } finally {
    if (session.isOpen())
      await session.ask((done) => sftp.close(handle, (error) => done(error, null))).catch(() => {});
  }
}

async function* blocks(
  session: Session,
  handle: Buffer,
  candidate: Candidate,
  from: number,
): AsyncGenerator<Buffer> {
  const underWay: { at: number; length: number; data: Promise<Buffer> }[] = [];
  let next = from;
  const fill = (): void => {
    while (underWay.length < windowSize && next < candidate.size) {
      const length = Math.min(blockSize, candidate.size - next);
      const data = readAt(session, handle, next, length);
      data.catch(() => {}); // awaited in its turn, or not at all after an earlier one failed
      underWay.push({ at: next, length, data });
      next += length;
    }
  };
  for (fill(); underWay.length > 0; fill()) {
    const block = underWay.shift();
    if (block === undefined) return;
    let got = await block.data;
    for (let done = 0; ; ) {
      if (got.length === 0) throw cut(candidate, block.at + done);
      yield got;
      done += got.length;
      if (done >= block.length) break;
      // a server may answer with less than was asked for
      got = await readAt(session, handle, block.at + done, block.length - done);
    }
  }
}

function readAt(session: Session, handle: Buffer, position: number, length: number): Promise<Buffer> {
  return session.ask<Buffer>((done) =>
    session.sftp.read(handle, Buffer.allocUnsafe(length), 0, length, position, (error, _count, data) =>
      done(error, data),
    ),
  );
}

async function compare(session: Session, handle: Buffer, candidate: Candidate): Promise<void> {
  const { size, mtime } = lookOf(await session.ask<Attributes>((done) => session.sftp.fstat(handle, done)));
  if (size !== candidate.size || mtime.getTime() !== candidate.mtime.getTime())
    throw notFinished(candidate, 'it changed while it was read');
}

function cut(candidate: Candidate, at: number): PointferryError {
  return new PointferryError('READ_TRUNCATED', `${at} of ${candidate.size} bytes came`);
}
