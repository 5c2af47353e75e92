/** The partner's own copy of what was wrong: errors.csv, put back where the files came from. */

import { createReadStream } from 'node:fs';
import path from 'node:path';
import { readVariable } from '../ground/environment.ts';
import { PointferryError } from '../ground/errors.ts';
import type { Ending } from '../ledger/end-run.ts';
import { createSource } from '../read/registry.ts';
import type { Written } from '../report/files/write.ts';
import type { Journey } from './journey.ts';

/**
 * Puts the errors files of a run that came to its end into the folder that the pipeline's source names, under the
 * pipeline's and the run's name. No rows, no file. The run is over, so that a failure is a warning and nothing else;
 * the files stand in the run's folder.
 */
export async function putBack(journey: Journey, ending: Ending, written: Written): Promise<void> {
  const { pipeline, run, options, log } = journey;
  const folder = pipeline.source.putBack;
  const isOver = ending.status.startsWith('completed') || ending.status === 'stopped';
  if (folder === undefined || !isOver || options.files !== undefined) return;
  const errors = written.summary.outputs.filter(
    ({ name, rows }) => /^errors(-\d+)?\.csv$/.test(name) && rows > 0,
  );
  if (errors.length === 0) return;
  const source = await createSource(pipeline.source, {
    base: journey.base,
    secrets: (ref) => readVariable(ref.env, journey.env),
    signal: journey.signal,
  });
  try {
    for (const { name } of errors) {
      const content = () => createReadStream(path.join(written.folder, name));
      await source.putBack(folder, `${run.pipeline}_${run.id}_${name}`, content);
    }
  } catch (error) {
    const code = error instanceof PointferryError ? error.code : 'READ_FAILED';
    log('warn', 'the error report could not be put back where the files came from', { code, run: run.id });
  } finally {
    await source.close();
  }
}
