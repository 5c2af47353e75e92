/** Exit codes of the command line, derived from what a command came to. */

import { PointferryError } from '../ground/errors.ts';
import { type ExitCode, exit, worstFirst, worstOf } from '../ground/exit.ts';

/** What decides about the exit code; what is left out does not. */
export interface Result {
  /** Runs that it went through or left alone. */
  readonly runs?: readonly { readonly exitCode: ExitCode }[];
  /** What was in the way. */
  readonly refused?: PointferryError | null;
  readonly interrupted?: boolean;
  readonly noInput?: boolean;
  /** Something needs attention: a problem found, a row in conflict, a deadline that would be missed. */
  readonly attention?: boolean;
  /** A pipeline or account cannot be used as it is written. */
  readonly invalid?: boolean;
  /** Nothing can be sent before somebody decides. */
  readonly undecided?: boolean;
  /** The books of a run do not balance. */
  readonly unbalanced?: boolean;
}

const codeOf = {
  interrupted: exit.interrupted,
  noInput: exit.noInput,
  attention: exit.rows,
  invalid: exit.config,
  undecided: exit.fatal,
  unbalanced: exit.bug,
} as const;
const facts = Object.keys(codeOf) as (keyof typeof codeOf)[];

/** The first that applies of 78, 70, 3, 2, 4, 1, 66, 0. A refusal with another code (64, 75) says that code. */
export function exitOf(result: Result): ExitCode {
  const { runs = [], refused } = result;
  if (refused && !worstFirst.includes(refused.exitCode)) return refused.exitCode;
  const codes = [
    ...runs.map(({ exitCode }) => exitCode),
    ...(refused ? [refused.exitCode] : []),
    ...facts.filter((fact) => result[fact]).map((fact) => codeOf[fact]),
  ];
  return worstOf(codes);
}

/** The same refusal, with the exit code of the whole result. */
export function endingWith(refused: PointferryError, exitCode: ExitCode): PointferryError {
  if (exitCode === refused.exitCode) return refused;
  const { code, message, where, hint } = refused;
  return new PointferryError(code, message, { exitCode, where, hint, cause: refused });
}
