/** How a command ends (docs/contract.md#exit-codes). */
export const exit = {
  ok: 0,
  rows: 1,
  threshold: 2,
  fatal: 3,
  interrupted: 4,
  usage: 64,
  noInput: 66,
  bug: 70,
  busy: 75,
  config: 78,
} as const;
export type ExitCode = (typeof exit)[keyof typeof exit];

/** Of several, the first in this order applies: to the runs of one command, and to the lines of `status`. */
export const worstFirst: readonly ExitCode[] = [
  exit.config,
  exit.bug,
  exit.fatal,
  exit.threshold,
  exit.interrupted,
  exit.rows,
  exit.noInput,
  exit.ok,
];

/** Of several, the first that applies of 78, 70, 3, 2, 4, 1, 66, 0; 0 where none does. */
export const worstOf = (codes: readonly (number | null)[]): ExitCode =>
  worstFirst.find((code) => codes.includes(code)) ?? exit.ok;
