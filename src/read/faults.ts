/** Errors of this room: what was being done and the system's own code, never a value or a secret. */
import type { Code } from '../ground/catalogue.ts';
import { PointferryError } from '../ground/errors.ts';
import { printable } from './names.ts';

const full = new Set(['ENOSPC', 'EDQUOT']);

/** A system error as a PointferryError. A full disk has a code of its own, because it stops the run. */
export function fault(code: Code, doing: string, cause: unknown): PointferryError {
  if (cause instanceof PointferryError) return cause;
  const errno = (cause as NodeJS.ErrnoException).code ?? 'no code';
  if (full.has(errno)) return new PointferryError('READ_DISK_FULL', `${doing}: ${errno}`, { cause });
  return new PointferryError(code, `${doing}: ${errno}`, { cause });
}

/** The file changed since it was listed; a later run reads it. */
export function notFinished(candidate: { readonly name: string }, why: string): PointferryError {
  return new PointferryError('READ_NOT_FINISHED', `${printable(candidate.name)}: ${why}`);
}
