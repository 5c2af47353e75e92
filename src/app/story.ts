/** A run's story in the log, from the events that the display gets: what happened at `info`, how far it is at `debug`. */
import type { LiveStage, Progress } from '../flow/progress.ts';
import type { Log, LogFields } from '../ground/log.ts';
import type { RunEvent, RunReport } from './watch.ts';

type Figures = Pick<Progress, 'files' | 'rows' | 'operations' | 'settled'>;

/** What is over when a run is first heard of in a stage, with the figures of it. */
const arrivals: Readonly<
  Partial<Record<LiveStage, readonly [words: string, figures: (all: Figures) => LogFields]>>
> = {
  normalize: ['files are staged', ({ files, rows }) => figuresOf({ files, rows })],
  push: ['rows are normalized; push begins', ({ operations }) => figuresOf({ operations })],
  report: ['push is over', ({ settled }) => figuresOf({ settled })],
};

/** Returns what each event of a request is handed to. Several runs may follow each other. */
export function tellStory(log: Log): (event: RunEvent) => void {
  let stage: LiveStage | null = null;
  let isPaused = false;
  let throttled = 0;
  let figures: Figures = {};
  return (event) => {
    if (event.type === 'started') {
      const { run, pipeline, account } = event.run;
      log('info', 'run begins', { run, pipeline, account });
      [stage, isPaused, throttled, figures] = [null, false, 0, {}];
    }
    if (event.type === 'ended' && event.report) log('info', 'run ended', endOf(event.report));
    if (event.type !== 'progress') return;
    const { run, progress } = event;
    figures = { ...figures, ...progress };
    if (progress.file) log('info', 'file read', { run, ...fileOf(progress.file) });
    if (progress.stage !== stage) {
      const arrival = arrivals[progress.stage];
      if (arrival) log('info', arrival[0], { run, ...arrival[1](figures) });
      stage = progress.stage;
    }
    if (progress.pause) {
      if (!isPaused) log('info', 'push pauses', { run, reason: progress.pause.reason });
      isPaused = true;
    } else if (progress.pause === null && isPaused) {
      log('info', 'push resumes', { run });
      isPaused = false;
    }
    if ((progress.throttled ?? 0) > throttled) {
      throttled = progress.throttled ?? 0;
      log('info', 'the platform throttles', { run, requests: throttled });
    }
    log('debug', 'progress', { run, stage: progress.stage, ...figuresOf(progress) });
  };
}

const fileOf = ({ name, verdict, rows, code }: NonNullable<Progress['file']>): LogFields =>
  code === null ? { file: name, verdict, rows } : { file: name, verdict, rows, code };

function figuresOf({
  files,
  rows,
  operations,
  settled,
}: { [key in keyof Figures]: Figures[key] | undefined }): LogFields {
  return {
    ...(files && { files: files.done, bytes: files.bytes }),
    ...(rows && { rows: rows.staged }),
    ...((operations || settled) && { operations: settled?.done ?? operations?.made ?? 0 }),
  };
}

function endOf({ run, exitCode, summary }: RunReport): LogFields {
  const { rows, pipeline } = summary;
  return { run, pipeline, exitCode, ...(rows && { books: { ...rows } }) };
}
