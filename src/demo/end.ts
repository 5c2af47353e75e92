/** What a demo says when it is over. */
import { join } from 'node:path';
import { adminOf } from '../sandbox/admin.ts';
import { booksLines, filesLines, type Platforms, verdictLines } from './lines.ts';
import { writeShellFile } from './place.ts';
import { isClean } from './samples.ts';
import type { Trial } from './trial.ts';
import { sandboxPort, shownPath, walkLines } from './walk.ts';

/** By pipeline. */
export type Trials = ReadonlyMap<string, readonly Trial[]>;

export interface End {
  readonly workdir: string;
  /** The folder of samples. */
  readonly samples: string;
  readonly trials: Trials;
  readonly platforms: Platforms;
  readonly seconds: number;
}

/** What a person reads at the end: books, files, verdict, and what to try next. */
export async function endLines({ workdir, samples, trials, platforms, seconds }: End): Promise<string[]> {
  const clean = [...trials].flatMap(([pipeline, tried]) => {
    const summary = tried.find(({ sample }) => isClean(sample.name))?.summary;
    return summary ? [{ pipeline, summary }] : [];
  });
  const shellFile = await writeShellFile(workdir, sandboxPort);
  const cwd = process.cwd();
  return [
    '',
    ...booksLines(clean),
    '',
    ...(await filesLines(workdir, shownPath(join(workdir, 'runs')), clean)),
    '',
    ...verdictLines([...trials.values()].flat(), platforms, seconds),
    '',
    ...walkLines({ cwd, shellFile, samples, trials }),
  ];
}

/** What the platforms say themselves: requests they saw since they were started, and what they applied, ever. */
export async function askPlatforms(url: string): Promise<Platforms> {
  const admin = adminOf(url);
  const [stats, { effects, repeated }] = await Promise.all([admin.stats(), admin.summary()]);
  const requests = Object.values(stats).reduce((sum, platform) => sum + platform.requests, 0);
  return { requests, effects, repeated: repeated.length };
}

/** The same for other programs. */
export const trialsDocument = (trials: Trials): readonly object[] =>
  [...trials].flatMap(([pipeline, tried]) =>
    tried.map(({ sample, summary, known, differs, delivered, requests, ms }) => ({
      pipeline,
      sample: sample.name,
      run: summary?.run ?? null,
      known,
      differs,
      delivered,
      requests,
      ms: Math.round(ms),
    })),
  );
