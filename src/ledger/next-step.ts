/** May a run be resumed by itself, and what does one type next? Decided here for every verb and every screen. Pure. */
import { exit } from '../ground/exit.ts';
import type { Stage, Status } from './run.ts';

export interface RunState {
  readonly id: string;
  readonly stage: Stage;
  readonly status: Status;
  readonly exitCode: number | null;
  /** A process holds it; whether that one is alive shows when the run is taken. */
  readonly held: boolean;
  /** Given up since its end. */
  readonly dismissed: boolean;
  /** Rows that need attention and that nobody has given up. */
  readonly attention: number;
}

/**
 * `underway`  a process is at it, or died at it: the next command that takes runs up finds out;
 * `resume`    the next `run` or `resume` takes it up by itself;
 * `accept`    stopped by a threshold: only after somebody has looked, by a typed `resume --accept-threshold`;
 * `doctor`    a bug: only by a typed `resume`;
 * `errors`    finished, with rows that need attention;
 * `nothing`   finished, or given up.
 */
export type NextKind = 'underway' | 'resume' | 'accept' | 'doctor' | 'errors' | 'nothing';

export interface NextStep {
  readonly kind: NextKind;
  /** `run` and `resume` without a name take it up. */
  readonly byItself: boolean;
  /** What to type; null where there is nothing to do. */
  readonly command: string | null;
  /** What takes up a run that is not taken up by itself; else null. */
  readonly resume: string | null;
}

export function nextStep(run: RunState): NextStep {
  const kind = kindOf(run);
  const byItself = kind === 'underway' || kind === 'resume';
  const resume = kind === 'accept' ? acceptCommand(run.id) : resumeCommand(run.id);
  return { kind, byItself, command: commandOf(kind, run.id), resume: isLeft(kind) ? resume : null };
}

/** Nothing takes it up by itself: it is resumed by name, or given up. */
export const isLeft = (kind: NextKind): boolean => kind === 'accept' || kind === 'doctor';

/** The same of a run that is not held, by its exit code. */
export const isLeftWith = (exitCode: number | null): boolean =>
  exitCode === exit.bug || exitCode === exit.threshold;

function kindOf({ stage, status, exitCode, held, dismissed, attention }: RunState): NextKind {
  if (held) return 'underway';
  if (dismissed && stage !== 'done') return 'nothing';
  if (exitCode === exit.bug) return 'doctor';
  if (status === 'running') return 'underway';
  if (status === 'stopped' || exitCode === exit.threshold) return 'accept';
  if (status === 'failed' || status === 'interrupted') return 'resume';
  return attention > 0 ? 'errors' : 'nothing';
}

/** What takes up a run that was given up. */
export function reopenCommand(run: Pick<RunState, 'id' | 'stage' | 'status' | 'exitCode'>): string {
  if (run.stage === 'done') return `pointferry rerun ${run.id}`;
  const kind = kindOf({ ...run, held: false, dismissed: false, attention: 0 });
  return kind === 'accept' ? acceptCommand(run.id) : resumeCommand(run.id);
}

const resumeCommand = (id: string): string => `pointferry resume ${id}`;
const acceptCommand = (id: string): string => `${resumeCommand(id)} --accept-threshold`;

const commands: Readonly<Record<NextKind, (id: string) => string | null>> = {
  underway: () => null,
  resume: resumeCommand,
  accept: acceptCommand,
  doctor: () => 'pointferry doctor',
  errors: (id) => `pointferry errors ${id} --group`,
  nothing: () => null,
};
const commandOf = (kind: NextKind, id: string): string | null => commands[kind](id);
