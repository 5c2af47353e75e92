/**
 * What normalize would make of whole files, by its own code: built in tables of the caller's transaction, which is to be
 * rolled back, and set against the ledger, which is only read.
 */
import type { Client } from '../db/pool.ts';
import { groupingOf } from '../mapping/compile.ts';
import {
  buildOperations,
  buildRows,
  identityColumns,
  meetFile,
  type Plan,
  type StagedFile,
} from './build.ts';
import { onRun, runTables } from './tables.ts';

export interface Forecast {
  readonly read: number;
  /** Rows, by bucket; `send` are those whose operation would be sent (or found unchanged or superseded then). */
  readonly rows: Readonly<Record<'send' | 'duplicate' | 'filtered' | 'rejected' | 'parked', number>>;
  /** Requests, retries left out. */
  readonly operations: number;
  /** Sum of their values, decimal text; '0' for states. */
  readonly value: string;
  readonly faults: readonly { readonly code: string; readonly field: string; readonly rows: number }[];
}

interface Bucket {
  readonly bucket: keyof Forecast['rows'];
  readonly operations: number;
  readonly rows: number;
  readonly value: string;
}

/** `plan.tables` must be of a run of its own; `files` as landed in the same transaction. */
export async function forecast(
  client: Client,
  request: Omit<Plan, 'tables'> & { readonly run: string },
  files: readonly StagedFile[],
): Promise<Forecast> {
  const { pipeline } = request;
  const tables = runTables(request.run, groupingOf(pipeline));
  const plan: Plan = { ...request, tables };
  for (const file of files) await buildRows(client, plan, file);
  for (const file of groupingOf(pipeline) === 'run' ? files.slice(0, 1) : files) {
    await buildOperations(client, plan, file, groupingOf(pipeline) === 'run' ? files : [file]);
  }
  await onRun(client, tables, 'same-run', { columns: identityColumns(pipeline) });
  for (const file of files) await meetFile(client, plan, file);
  return summed(client, plan, request.run);
}

async function summed(client: Client, { tables, pipeline }: Plan, run: string): Promise<Forecast> {
  const buckets = await onRun<Bucket>(client, tables, 'forecast', {});
  const [tally] = await onRun<Record<'read' | 'damaged', string>>(client, tables, 'counts', { run });
  const faults = await onRun<Forecast['faults'][number]>(client, tables, 'forecast-faults', {
    run,
    columns: identityColumns(pipeline),
    after: -1,
    until: null,
  });
  const of = (name: Bucket['bucket']): Bucket | undefined => buckets.find((each) => each.bucket === name);
  const damaged = Number(tally?.damaged ?? 0);
  return {
    read: Number(tally?.read ?? 0),
    rows: {
      send: of('send')?.rows ?? 0,
      duplicate: of('duplicate')?.rows ?? 0,
      filtered: of('filtered')?.rows ?? 0,
      rejected: (of('rejected')?.rows ?? 0) + damaged,
      parked: of('parked')?.rows ?? 0,
    },
    operations: of('send')?.operations ?? 0,
    value: of('send')?.value ?? '0',
    faults,
  };
}
