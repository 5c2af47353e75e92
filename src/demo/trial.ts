/** One sample through the very code of `pointferry run`, and what became of it. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Command, Context } from '../cli/command.ts';
import { type ExitCode, exit } from '../ground/errors.ts';
import type { Summary } from '../report/findings/summary.ts';
import { differences } from './compare.ts';
import type { Sample } from './samples.ts';

export interface Trial {
  readonly sample: Sample;
  /** The run that read the file: this one, or the earlier one that knows its content; null where none did. */
  readonly summary: Summary | null;
  /** The file's content was taken before: nothing of it was read or sent now. */
  readonly known: boolean;
  /** Rows that waited in finished runs, and were settled on the way. */
  readonly released: number;
  /** Why it is not what the sample says; none where it is. */
  readonly differs: readonly string[];
  /** Operations that this trial delivered, those of runs it went on with included. */
  readonly delivered: number;
  readonly requests: number;
  readonly ms: number;
}

/**
 * Runs `sample`; null where it was stopped on the way: the next demo goes on with it. A file known from an earlier demo
 * is left as it is: then the run must read and send nothing.
 */
export async function tryOut(
  run: Command,
  context: Context,
  pipeline: string,
  sample: Sample,
): Promise<Trial | null> {
  const begun = performance.now();
  const said: Summary[] = [];
  const typed = {
    args: [pipeline],
    flags: { file: [sample.file] },
    // no run, no summary: then the document says only what became of the command
    document: (value: unknown) => void ('run' in (value as object) && said.push(value as Summary)),
  };
  const code = await unlessStopped(context, () => run.run({ ...context, ...typed }));
  if (code === exit.interrupted) return null;
  const sum = (of: (summary: Summary) => number): number => said.reduce((total, one) => total + of(one), 0);
  return {
    sample,
    ...(await judged(said, sample, context.workdir)),
    released: sum(carriedBy),
    delivered: sum((one) => one.operations.delivered),
    requests: sum((one) => one.requests.sent),
    ms: performance.now() - begun,
  };
}

const carriedBy = ({ carried }: Summary): number =>
  Object.values(carried).reduce((sum, rows) => sum + rows, 0);

async function unlessStopped({ signal }: Context, fn: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await fn();
  } catch (error) {
    if (signal.aborted && error === signal.reason) return exit.interrupted; // before there was a run
    throw error;
  }
}

/** `said`: what the runs of one command said, an interrupted one that it went on with included. */
async function judged(
  said: readonly Summary[],
  sample: Sample,
  workdir: string,
): Promise<Pick<Trial, 'summary' | 'known' | 'differs'>> {
  const name = basename(sample.file);
  const fileOf = (summary: Summary) => summary.files.find((file) => file.name === name);
  const read = said.find((one) => (fileOf(one)?.verdict ?? 'duplicate') !== 'duplicate');
  if (read) return { summary: read, known: false, differs: differences(sample.yields, read) };
  const last = said.at(-1);
  const earlier = last && fileOf(last)?.earlierRun;
  if (!last || !earlier) return { summary: null, known: false, differs: ['no run read it'] };
  const differs = [
    ...(last.exitCode === exit.ok ? [] : [`exit code: ${last.exitCode} instead of 0, as the file is known`]),
    ...(last.requests.sent === 0 || carriedBy(last) > 0
      ? []
      : [`${last.requests.sent} requests for a file that is known`]),
  ];
  return { summary: await summaryOfRun(workdir, earlier), known: true, differs };
}

/** summary.json of a run, found by its id at the end of its folder's name. */
async function summaryOfRun(workdir: string, id: string): Promise<Summary | null> {
  const runs = join(workdir, 'runs');
  const folder = (await readdir(runs).catch(() => [])).find((name) => name.endsWith(`_${id}`));
  if (folder === undefined) return null;
  const text = await readFile(join(runs, folder, 'summary.json'), 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as Summary);
}

/** The folder of a run below the work folder. */
export async function folderOf(workdir: string, id: string): Promise<string | null> {
  const names = await readdir(join(workdir, 'runs')).catch(() => []);
  const name = names.find((each) => each.endsWith(`_${id}`));
  return name === undefined ? null : join(workdir, 'runs', name);
}
