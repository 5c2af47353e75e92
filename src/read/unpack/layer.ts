import type { UnpackRules } from '../../pipeline/source.ts';
import type { Secrets } from '../source.ts';
import type { Guard } from './guard.ts';

/** Takes one file that comes out of a packing, with the name it has inside (null where the packing keeps none). */
export type Sink = (name: string | null, chunks: AsyncIterable<Uint8Array>) => Promise<void>;

export interface LayerContext {
  readonly rules: UnpackRules;
  readonly guard: Guard;
  readonly secrets: Secrets;
  /** Aborted by the caller, or when the time for this file is over. */
  readonly signal: AbortSignal;
}

/** One packing: hands what is in a file to the sink, and throws if it is not whole. */
export type Layer = (path: string, context: LayerContext, sink: Sink) => Promise<void>;
