/** One sample through the very code of `pointferry run`, and what became of it. */

import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { App } from '../app/app.ts';
import { type Started, startRun } from '../app/runs.ts';
import { exit } from '../ground/exit.ts';
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
 * Runs `sample`; null where it was stopped on the way: the next demo resumes it. A file known from an earlier demo is left
 * as it is: then the run must read and send nothing.
 */
export async function tryOut(
  app: App,
  pipeline: string,
  sample: Sample,
  signal: AbortSignal,
): Promise<Trial | null> {
  const begun = performance.now();
  const started = await unlessStopped(signal, () =>
    startRun(app, pipeline, { files: [sample.file] }, { signal, watch: () => undefined }),
  );
  if (started === null || isInterrupted(started)) return null;
  if (started.refused) throw started.refused;
  const summaries = started.runs.map(({ summary }) => summary);
  const sum = (of: (summary: Summary) => number): number =>
    summaries.reduce((total, one) => total + of(one), 0);
  return {
    sample,
    ...(await judged(summaries, sample, app.workdir)),
    released: sum(carriedBy),
    delivered: sum((one) => one.operations.delivered),
    requests: sum((one) => one.requests.sent),
    ms: performance.now() - begun,
  };
}

const isInterrupted = ({ interrupted, older, own }: Started): boolean =>
  interrupted || [...older, ...(own ? [own] : [])].some(({ exitCode }) => exitCode === exit.interrupted);

const carriedBy = ({ carried }: Summary): number =>
  Object.values(carried).reduce((sum, rows) => sum + rows, 0);

/** Null: it was asked to stop before there was a run. */
async function unlessStopped<T>(signal: AbortSignal, fn: () => Promise<T>): Promise<T | null> {
  try {
    return await fn();
  } catch (error) {
    if (signal.aborted && error === signal.reason) return null;
    throw error;
  }
}

/** `summaries`: of all runs of the request, an interrupted one that it resumed included. */
async function judged(
  summaries: readonly Summary[],
  sample: Sample,
  workdir: string,
): Promise<Pick<Trial, 'summary' | 'known' | 'differs'>> {
  const name = basename(sample.file);
  const fileOf = (summary: Summary) => summary.files.find((file) => file.name === name);
  const read = summaries.find((one) => (fileOf(one)?.verdict ?? 'duplicate') !== 'duplicate');
  if (read) return { summary: read, known: false, differs: differences(sample.yields, read) };
  const last = summaries.at(-1);
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
