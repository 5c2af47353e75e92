/**
 * What would become of the rows of a run or a rerun, by normalize's own code. It builds tables in the caller's transaction,
 * which the caller rolls back; the ledger is only read.
 */
import type { Client } from '../db/pool.ts';
import { buildTrial, identityColumns } from './build.ts';
import { makePlan, type Plan, type StagedFile } from './plan.ts';
import { type RerunRowsRequest, rowsOfRerun } from './rows-of-rerun.ts';
import { rowsOfRun } from './rows-of-run.ts';
import { onRun } from './tables.ts';

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

/** Of whole files, as landed in the same transaction. */
export async function forecast(
  client: Client,
  request: Pick<Plan, 'run' | 'pipeline' | 'kind'>,
  files: readonly StagedFile[],
): Promise<Forecast> {
  const plan = makePlan({ ...request, rows: rowsOfRun(request.run) });
  await buildTrial(client, plan, files);
  return summed(client, plan);
}

async function summed(client: Client, { tables, pipeline, rows, run }: Plan): Promise<Forecast> {
  const buckets = await onRun(client, tables, 'normalize/forecast');
  const [tally] = await onRun(client, tables, rows.counts, { run });
  const faults = await onRun(client, tables, 'normalize/forecast-faults', {
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

/** Operations and rows of a rerun that fall into one bucket. */
export interface RerunForecast {
  readonly bucket: 'send' | 'duplicate' | 'filtered' | 'rejected' | 'parked';
  readonly operations: number;
  readonly rows: number;
  /** As first read, decimal text. */
  readonly amount: string;
  /** Rows whose amount can be read now and could not then, and their sum. */
  readonly readable: number;
  readonly readableAmount: string;
}

/** Of a rerun's selection. Buckets that nothing falls into are left out. */
export async function forecastRerun(
  client: Client,
  request: Pick<Plan, 'pipeline' | 'kind'> & RerunRowsRequest,
): Promise<readonly RerunForecast[]> {
  const { run, pipeline, kind } = request;
  const rows = rowsOfRerun(request);
  const plan = makePlan({ run, pipeline, kind, rows });
  await buildTrial(client, plan, await rows.files(client));
  return onRun(client, plan.tables, 'normalize/rerun-forecast', { after: -1, until: null });
}
