/** The one error class; its codes are in catalogue.ts. */
import { type Code, catalogue } from './catalogue.ts';
import type { ExitCode } from './exit.ts';

/** Where something happened; every part is optional and safe to print (no cell values, no secrets). */
export interface Where {
  readonly file?: string;
  readonly line?: number;
  readonly field?: string;
}

/**
 * The one error that this program throws on purpose. `message` says what happened and why; never holds a
 * secret or a person's data. `exitCode` is what the process ends with when nothing above handles it.
 */
export class PointferryError extends Error {
  override readonly name = 'PointferryError';
  readonly code: Code;
  readonly exitCode: ExitCode;
  readonly where: Where;
  readonly hint: string;
  constructor(
    code: Code,
    message: string,
    options: { exitCode?: ExitCode; where?: Where; hint?: string; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.exitCode = options.exitCode ?? catalogue[code].exitCode;
    this.where = options.where ?? {};
    this.hint = options.hint ?? catalogue[code].hint;
  }
}

/**
 * A failure of the machine that nobody named on its way up (a disk, a right, a descriptor): fatal, and no bug of ours.
 * Null for anything else.
 */
export function machineFailure(error: unknown): PointferryError | null {
  if (!(error instanceof Error) || !('syscall' in error && 'code' in error)) return null;
  if (typeof error.code !== 'string' || !/^E[A-Z0-9]+$/.test(error.code)) return null;
  const full = error.code === 'ENOSPC' || error.code === 'EDQUOT';
  const said = `${String(error.syscall)}: ${error.code}`;
  return new PointferryError(full ? 'READ_DISK_FULL' : 'RUN_IO', said, { cause: error });
}
