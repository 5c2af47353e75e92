/**
 * From a stream of any chunks to blocks of one size, decoded: what comes out depends on the file alone, not on how it was
 * cut on its way, and so does everything that follows.
 */
import type { Codec } from './encoding.ts';

/** About 1,000 records of 100 bytes. */
export const BLOCK = 128 * 1024;

export interface Block {
  readonly bytes: Buffer;
  readonly last: boolean;
}

/** Blocks of `full` bytes, then one last, perhaps empty. */
export async function* blocks(
  source: AsyncIterable<Buffer>,
  codec: Codec,
  full: number,
): AsyncGenerator<Block> {
  let held: Buffer[] = [];
  let size = 0;
  for await (const chunk of source) {
    const inner = codec.decode(chunk, false);
    held.push(inner);
    size += inner.length;
    if (size < full) continue;
    const whole = held.length === 1 ? inner : Buffer.concat(held);
    const end = size - (size % full);
    for (let at = 0; at < end; at += full) yield { bytes: whole.subarray(at, at + full), last: false };
    held = [whole.subarray(end)];
    size -= end;
  }
  yield { bytes: Buffer.concat([...held, codec.decode(Buffer.alloc(0), true)]), last: true };
}
