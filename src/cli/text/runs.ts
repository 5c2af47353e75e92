/** What a command says that took several runs to their end. */
import type { Resumed } from '../../app/resume.ts';
import type { Started } from '../../app/runs.ts';
import type { RunReport } from '../../app/watch.ts';
import { type ExitCode, exit } from '../../ground/exit.ts';
import { line } from '../../ground/table.ts';

type Went = Pick<Resumed, 'runs' | 'older' | 'limit'> & Partial<Pick<Started, 'own'>>;

/** The one document: the last run's summary, with those `before` it, and what the command came to. */
export function runsDocument({ runs, older, limit, own = null }: Went, exitCode: ExitCode): object {
  return { ...reportsDocument(runs), command: { exitCode, own, older, limit } };
}

export function reportsDocument(runs: readonly RunReport[]): object {
  const summaries = runs.map(({ summary }) => summary);
  const before = summaries.slice(0, -1);
  return { ...summaries.at(-1), ...(before.length === 0 ? {} : { before }) };
}

/** Which older runs make the exit code worse than that of the run over new files. */
export function olderLines({ own, older }: Pick<Started, 'own' | 'older'>, exitCode: ExitCode): string[] {
  if (own?.exitCode === exitCode) return [];
  // one that was resumed has said so itself, unless another run came after it
  const worst = older.filter((each) => each.exitCode === exitCode && (own !== null || !each.resumed));
  if (worst.length === 0) return [];
  const here = own === null ? '' : `; ${own.run} itself ended with ${own.exitCode}`;
  const runs = worst.map(({ run }) => run).join(', ');
  return [line(`  exit ${exitCode}  since ${runs} ${worst.length === 1 ? 'is' : 'are'} open${here}`)];
}

/** What was left because of --limit or --only, and what sends it: the same command without them. */
export function restLines(
  { limit, only }: Pick<Started, 'limit'> & { readonly only?: string | undefined },
  exitCode: ExitCode,
  command: string,
): string[] {
  if (exitCode === exit.ok || exitCode === exit.rows || exitCode === exit.noInput) return []; // nothing was left
  if (limit !== null && limit.begun >= limit.asked)
    return [`  --limit ${limit.asked} is used up; the next run sends the rest: ${command}`];
  if (only !== undefined && exitCode === exit.interrupted)
    return [`  --only left the rest; the next run without it sends it: ${command}`];
  return [];
}
