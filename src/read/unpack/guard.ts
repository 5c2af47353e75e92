/** The limits of unpacking, counted on what really comes out; sizes that an archive states are never believed. */
import { PointferryError } from '../../errors.ts';
import { defaults, milliseconds, type UnpackLimits } from '../options.ts';

/** Below this a ratio says nothing: a short file of one repeated row packs a thousandfold. */
const ratioFrom = 16 * 1024 * 1024;

export class Guard {
  readonly #limits: UnpackLimits;
  readonly #deadline: number;
  readonly #signal: AbortSignal | undefined;
  #entries = 0;

  constructor(limits: Partial<UnpackLimits> = {}, signal?: AbortSignal) {
    this.#limits = { ...defaults.limits, ...limits };
    this.#deadline = performance.now() + milliseconds(this.#limits.time);
    this.#signal = signal;
  }

  /** One more entry of an archive. */
  entry(): void {
    this.#entries += 1;
    if (this.#entries > this.#limits.entries) throw limit(`more than ${this.#limits.entries} entries`);
  }

  /** A meter for one layer of packing, told of every chunk that comes out of `packedBytes`. */
  meter(packedBytes: number): (bytes: number) => void {
    let out = 0;
    return (bytes) => {
      this.#signal?.throwIfAborted();
      out += bytes;
      if (out > this.#limits.outputBytes) throw limit(`more than ${this.#limits.outputBytes} bytes`);
      if (out > ratioFrom && out > packedBytes * this.#limits.ratio)
        throw limit(`more than ${this.#limits.ratio} times its packed size`);
      if (performance.now() > this.#deadline) throw limit(`longer than ${this.#limits.time}`);
    };
  }
}

function limit(what: string): PointferryError {
  return new PointferryError('READ_UNPACK_LIMIT', `unpacking stopped: ${what}`);
}
