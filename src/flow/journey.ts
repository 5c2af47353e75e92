/** One run under way, with all that its steps need: put together once, handed from step to step. */

import type { Db } from '../db/pool.ts';
import type { AccountAccess, Kind, Platform } from '../destinations/kind.ts';
import type { ExitCode } from '../ground/exit.ts';
import type { Log } from '../ground/log.ts';
import type { Owner } from '../ledger/owner.ts';
import type { Run } from '../ledger/run.ts';
import type { Account, Pipeline } from '../pipeline/types.ts';
import type { SendLimit } from '../push/send-limit.ts';
import type { Progress } from './progress.ts';

/** What a person said on the command line; stored with the run, so that `resume` heeds it too. */
export interface RunOptions {
  /** Local files named by --file, absolute. */
  readonly files?: readonly string[];
  readonly allowDuplicateFile?: boolean;
  /** --as-new: a file that looks like a correction is taken as new rows. */
  readonly asNew?: boolean;
  /** Of the command that began the run, for people; what holds now is `Allowed`. */
  readonly limit?: number;
  readonly only?: string;
  readonly date?: string;
  /** pending.csv and skipped.csv too. */
  readonly allFiles?: boolean;
  /** A person went on after a threshold. */
  readonly acceptThreshold?: boolean;
  /** What a rerun was asked for, for people. */
  readonly rerun?: Readonly<Record<string, string | number>>;
  /** A rerun that names NORMALIZE_GROUP_UNCERTAIN: groups beside damage are whole. */
  readonly takeUncertain?: boolean;
}

/** What a person allows this command to send, over all runs that it goes on with. */
export interface Allowed {
  readonly limit: SendLimit | null;
  readonly only: string | null;
}

export const everything: Allowed = { limit: null, only: null };

/** `--limit` is used up: nothing new may be begun by this command. */
export const isUsedUp = ({ limit }: Allowed): boolean => limit !== null && limit.begun.size >= limit.most;

export interface Journey {
  readonly db: Db;
  readonly owner: Owner;
  readonly run: Run;
  readonly pipeline: Pipeline;
  readonly account: Account;
  readonly access: AccountAccess;
  readonly platform: Platform | undefined;
  readonly kind: Kind;
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly options: RunOptions;
  readonly allowed: Allowed;
  readonly workdir: string;
  /** The folder that relative paths of a local source start from. */
  readonly base: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by SIGTERM, `pointferry stop`, or a lost lease. */
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly watch: (progress: Progress) => void;
}

/** Why a step ended the run before its end; the first that applies decides the exit code (docs/contract.md#exit-codes). */
export interface Halt {
  readonly exitCode: ExitCode;
  readonly code: string;
  readonly reason: string;
}
