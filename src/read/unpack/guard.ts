/** The limits of unpacking, counted on what comes out; the sizes that an archive states are not used. */
import { PointferryError } from '../../ground/errors.ts';
import type { UnpackLimits } from '../../pipeline/source.ts';
import { defaults } from '../defaults.ts';

/** Bytes below which the ratio is not checked: a short file of one repeated row packs a thousandfold. */
const ratioFrom = 16 * 1024 * 1024;

export class Guard {
  readonly #limits: UnpackLimits;
  #entries = 0;

  constructor(limits: Partial<UnpackLimits> = {}) {
    this.#limits = { ...defaults.limits, ...limits };
  }

  /** One more entry of an archive. */
  entry(): void {
    this.#entries += 1;
    if (this.#entries > this.#limits.entries) throw limitReached(`more than ${this.#limits.entries} entries`);
  }

  /** A meter for one layer of packing of `packedBytes`: call it with the size of every chunk that comes out. */
  meter(packedBytes: number): (bytes: number) => void {
    let out = 0;
    return (bytes) => {
      out += bytes;
      if (out > this.#limits.outputBytes) throw limitReached(`more than ${this.#limits.outputBytes} bytes`);
      if (out > ratioFrom && out > packedBytes * this.#limits.ratio)
        throw limitReached(`more than ${this.#limits.ratio} times its packed size`);
    };
  }
}

export function limitReached(what: string): PointferryError {
  return new PointferryError('READ_UNPACK_LIMIT', `unpacking stopped: ${what}`);
}
