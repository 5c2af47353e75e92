/** One sample through the very code of `pointferry run`, and what became of it. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Command, Context } from '../commands/command.ts';
import { type ExitCode, exit } from '../errors.ts';
import type { Summary } from '../report/summary.ts';
import { differences } from './compare.ts';
import type { Sample } from './samples.ts';

export interface Trial {
  readonly sample: Sample;
  /** The run that read the file: this one, or the earlier one that knows its content; null where none did. */
  readonly summary: Summary | null;
  /** The file's content was taken before: nothing of it was read or sent now. */
  readonly known: boolean;
  /** Why it is not what the sample says; none where it is. */
  readonly differs: readonly string[];
  /** Operations that this trial delivered, those of runs it went on with included. */
  readonly delivered: number;
  readonly requests: number;
  readonly ms: number;
}

/** Runs `sample`. A file known from an earlier demo is left as it is: then the run must read and send nothing. */
export async function tryOut(
  run: Command,
  context: Context,
  pipeline: string,
  sample: Sample,
): Promise<Trial> {
  const begun = performance.now();
  const said: Summary[] = [];
  const code = await run.run({
    ...context,
    args: [pipeline],
    flags: { file: [sample.file] },
    document: (value) => void said.push(value as Summary),
  });
  const name = basename(sample.file);
  const fileOf = (summary: Summary) => summary.files.find((file) => file.name === name);
  const sum = (of: (summary: Summary) => number): number => said.reduce((total, one) => total + of(one), 0);
  const sent = {
    delivered: sum((one) => one.operations.delivered),
    requests: sum((one) => one.requests.sent),
    ms: performance.now() - begun,
  };
  const read = said.find((summary) => fileOf(summary) && fileOf(summary)?.verdict !== 'duplicate');
  if (read) return { sample, summary: read, known: false, differs: judged(sample, read, code), ...sent };
  const last = said.at(-1);
  const earlier = last && fileOf(last)?.earlierRun;
  if (!last || !earlier)
    return {
      sample,
      summary: null,
      known: false,
      differs: [`exit code ${code}, and no run read it`],
      ...sent,
    };
  const differs = [
    ...(last.exitCode === exit.ok
      ? []
      : [`exit code: ${last.exitCode} instead of 0, though the file is known`]),
    ...(last.requests.sent === 0 ? [] : [`${last.requests.sent} requests for a file that is known`]),
  ];
  return { sample, summary: await summaryOfRun(context.workdir, earlier), known: true, differs, ...sent };
}

/** A run that was interrupted is no difference: the next demo goes on with it. */
function judged(sample: Sample, summary: Summary, code: ExitCode): string[] {
  return code === exit.interrupted ? [] : differences(sample.yields, summary);
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
