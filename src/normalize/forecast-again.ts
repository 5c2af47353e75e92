/** What a rerun would make of the rows it took, by its own code; in a transaction that is to be rolled back. */
import type { Client } from '../db/pool.ts';
import { run as query } from '../db/sql.ts';
import type { Kind } from '../destinations/kind.ts';
import { groupingOf } from '../mapping/compile.ts';
import type { Place } from '../mapping/source.ts';
import type { Pipeline } from '../pipeline/types.ts';
import { buildOperations, buildRows, identityColumns, type Plan, type StagedFile } from './build.ts';
import { onRun, runTables } from './tables.ts';

export interface AgainForecast {
  readonly bucket: 'send' | 'duplicate' | 'filtered' | 'rejected' | 'parked';
  readonly operations: number;
  readonly rows: number;
  /** As first read, decimal text. */
  readonly amount: string;
  /** Rows whose amount can be read now and could not then, and their sum. */
  readonly readable: number;
  readonly readableAmount: string;
}

/** `run` has its rows in rerun_row. Buckets that nothing falls into are left out. */
export async function forecastAgain(
  client: Client,
  request: {
    readonly run: string;
    readonly pipeline: Pipeline;
    readonly kind: Kind;
    readonly takeUncertain: boolean;
    readonly bind: (header: readonly string[]) => Readonly<Record<string, Place>>;
  },
): Promise<readonly AgainForecast[]> {
  const { run, pipeline, kind, takeUncertain, bind } = request;
  const across = groupingOf(pipeline) === 'run';
  const tables = runTables(run, groupingOf(pipeline));
  const plan: Plan = { pipeline, kind, tables, again: { run, takeUncertain } };
  const stored = await query<StagedFile>(client, 'normalize/rerun-files', { run });
  const files = stored.map((file) => ({ ...file, bound: bind(file.header) }));
  for (const file of files) await buildRows(client, plan, file);
  for (const file of across ? files.slice(0, 1) : files)
    await buildOperations(client, plan, file, across ? files : [file]);
  await onRun(client, tables, 'same-run', { columns: identityColumns(pipeline) });
  for (const file of files) {
    await onRun(client, tables, 'rerun-meet', {
      file: file.id,
      after: -1,
      until: null,
      account: pipeline.account,
      kind: kind.name,
      nature: kind.nature,
    });
  }
  return onRun<AgainForecast>(client, tables, 'rerun-forecast', { after: -1, until: null });
}
