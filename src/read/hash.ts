import { createHash, type Hash } from 'node:crypto';

const LF = 0x0a;
const CR = 0x0d;

/** What a stream of bytes came to. Hashes are lower-case hex. */
export interface Digest {
  readonly bytes: number;
  /** Of every byte. */
  readonly sha256: string;
  /** Of every byte but the line ends (CR, LF in any mixture) at the very end. */
  readonly contentSha256: string;
}

/**
 * Hashes bytes twice in one pass: all of them, and all but the line ends at the end. Instead of holding bytes
 * back it keeps a copy of the hash from before the last run of line ends, so a gigabyte of empty lines costs
 * no memory.
 */
export class ContentHash {
  #hash: Hash = createHash('sha256');
  #before: Hash | null = null;
  #bytes = 0;

  update(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    let end = chunk.length;
    while (end > 0 && (chunk[end - 1] === LF || chunk[end - 1] === CR)) end -= 1;
    if (end > 0) {
      this.#hash.update(chunk.subarray(0, end));
      this.#before = null;
    }
    if (end === chunk.length) return;
    this.#before ??= this.#hash.copy();
    this.#hash.update(chunk.subarray(end));
  }

  digest(): Digest {
    return {
      bytes: this.#bytes,
      sha256: this.#hash.copy().digest('hex'),
      contentSha256: (this.#before ?? this.#hash).copy().digest('hex'),
    };
  }
}

/** sha256 of a stream's content without line ends at its end: the same for every packing of one export. */
export async function contentSha256(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = new ContentHash();
  for await (const chunk of stream) hash.update(chunk);
  return hash.digest().contentSha256;
}
