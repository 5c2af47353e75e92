import { createHash, type Hash } from 'node:crypto';

const LF = 0x0a;
const CR = 0x0d;
const NUL = 0x00;

/** Length and hashes of a stream of bytes. Hashes are lower-case hex. */
export interface Digest {
  readonly bytes: number;
  /** Of every byte. */
  readonly sha256: string;
  /** Of every byte but the line ends (CR, LF in any mixture) at the very end. */
  readonly contentSha256: string;
}

/**
 * Hashes bytes twice in one pass: all of them, and all but the line ends at the end. It holds no bytes back, but keeps a copy
 * of the hash from before the last run of line ends, so a gigabyte of empty lines needs no memory.
 */
export class ContentHash {
  #hash: Hash = createHash('sha256');
  #before: Hash | null = null;
  #bytes = 0;
  #first = -1;
  /** The bytes that line ends are made of; UTF-16 has zeros between them. */
  #ends: ReadonlySet<number> = new Set([LF, CR]);

  update(chunk: Uint8Array): void {
    this.#lookForMark(chunk);
    this.#bytes += chunk.length;
    let end = chunk.length;
    while (end > 0 && this.#ends.has(chunk[end - 1] ?? -1)) end -= 1;
    if (end > 0) {
      this.#hash.update(chunk.subarray(0, end));
      this.#before = null;
    }
    if (end === chunk.length) return;
    this.#before ??= this.#hash.copy();
    this.#hash.update(chunk.subarray(end));
  }

  /** A byte order mark of UTF-16 can only be the first two bytes, which may come in two chunks. */
  #lookForMark(chunk: Uint8Array): void {
    if (this.#bytes > 1 || chunk.length === 0) return;
    const [first, second] = this.#bytes === 0 ? [chunk[0], chunk[1]] : [this.#first, chunk[0]];
    this.#first = first ?? -1;
    if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
      this.#ends = new Set([LF, CR, NUL]);
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
