/** From books and files to status and exit code: pure, and in one place (docs/contract.md#exit-codes). */
import { type ExitCode, exit } from '../ground/exit.ts';
import { allowed } from '../ground/threshold.ts';
import type { Ending } from '../ledger/end-run.ts';
import type { Pipeline } from '../pipeline/types.ts';
import type { Books } from '../report/books/books.ts';
import type { Halt } from './journey.ts';

export interface Outcome {
  /** What stopped the run before its end. */
  readonly halt: Halt | null;
  readonly balanced: boolean;
  readonly rows: Readonly<Record<'read' | 'rejected' | 'failed' | 'unknown' | 'pending', number>>;
  /** Files by verdict. */
  readonly files: Readonly<
    Partial<Record<'staged' | 'duplicate' | 'empty' | 'refused' | 'unfinished', number>>
  >;
  /** The pipeline says that an empty file is fine. */
  readonly emptyOk: boolean;
  /** So many rows that want a person are tolerated. */
  readonly tolerated: number;
  /** What a person has given up counts no more: so many of these rows, or everything, files that were not taken included. */
  readonly dismissed: { readonly rows: number; readonly all: boolean };
}

/** What the books of a run say, and what its pipeline and people make of it. */
export function outcomeOf(
  halt: Halt | null,
  books: Books,
  pipeline: Pipeline,
  dismissed: Outcome['dismissed'],
): Outcome {
  const files: Partial<Record<keyof Outcome['files'], number>> = {};
  for (const { file } of books.files) files[file.verdict] = (files[file.verdict] ?? 0) + 1;
  return {
    halt,
    balanced: books.balanced,
    rows: books.rows,
    files,
    emptyOk: pipeline.empty === 'ok',
    tolerated: allowed(pipeline.thresholds?.tolerate, books.rows.read),
    dismissed,
  };
}

const fatal: ReadonlySet<ExitCode> = new Set([exit.bug, exit.fatal, exit.config]);

/** The first that applies: 78, 70, 3, 2, 4, 1, 0 (64, 66, 75 end a command before there is a run). */
export function endingOf(outcome: Outcome): Ending {
  const { halt, rows } = outcome;
  if (!outcome.balanced) return failed(exit.bug, 'REPORT_NOT_BALANCED', 'the books do not balance');
  if (halt && fatal.has(halt.exitCode)) return failed(halt.exitCode, halt.code, halt.reason);
  if (halt?.exitCode === exit.threshold)
    return { status: 'stopped', exitCode: exit.threshold, code: halt.code, reason: halt.reason };
  if (halt || rows.pending > 0) {
    return {
      status: 'interrupted',
      exitCode: exit.interrupted,
      code: halt?.code ?? null,
      reason: halt?.reason ?? `${rows.pending} rows are pending`,
    };
  }
  if (wantsPerson(outcome))
    return { status: 'completed_with_errors', exitCode: exit.rows, code: null, reason: null };
  return { status: 'completed', exitCode: exit.ok, code: null, reason: null };
}

function wantsPerson({ rows, files, emptyOk, tolerated, dismissed }: Outcome): boolean {
  const refused = (files.refused ?? 0) + (files.unfinished ?? 0) + (emptyOk ? 0 : (files.empty ?? 0));
  const left = rows.rejected + rows.failed + rows.unknown - dismissed.rows;
  return (refused > 0 && !dismissed.all) || left > tolerated;
}

const failed = (exitCode: ExitCode, code: string, reason: string): Ending => ({
  status: 'failed',
  exitCode,
  code,
  reason,
});
