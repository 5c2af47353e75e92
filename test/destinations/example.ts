/**
 * What each kind shows of itself, in `<platform>/<kind>.example.ts` beside its tests: the document's example as an
 * operation, as a request and as an answer, and what the sandbox must hold once it was sent. `conformance.test.ts`
 * holds every kind that there is to it; a kind without one fails.
 */
import type { BuiltRequest, Outgoing } from '../../src/destinations/kind.ts';
import type { Seeds } from '../../src/sandbox/options.ts';

export interface Example {
  readonly out: Outgoing;
  /** As the document has it, credentials included. */
  readonly request: BuiltRequest;
  /** Bodies of a good answer to `out`, as the platform may write them. */
  readonly answers: readonly string[];
  /** Another reading of what a good answer is, independent of the kind's. */
  readonly isGood: (body: string) => boolean;
  /** What must be in the sandbox before. */
  readonly seeds: Seeds;
  /** What its journal then says was applied; as JSON, numbers as the digits sent. */
  readonly content: unknown;
  /** Text of a field that the platform refuses, and which field it is. */
  readonly refused: { readonly field: string; readonly value: string };
}
