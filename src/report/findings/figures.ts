/** Figures of a run's files: kept for the version of its next files, for comparison by later runs, and for `status`. */
import { createHash } from 'node:crypto';
import type { Client, Db } from '../../db/pool.ts';
import { run as query, runMaybe } from '../../db/sql.ts';
import { inTransaction } from '../../db/transaction.ts';
import { type Findings, summaryOf } from './summary.ts';
import { type Night, nightOf } from './usual.ts';

/** What later runs compare themselves with. */
export function figuresOf(findings: Findings): Readonly<Record<string, unknown>> {
  const { selected, rows, amount, seconds, requests, operations } = summaryOf(findings);
  return { rows: rows ?? selected, amount, seconds, requests, operations };
}

/** This run as the comparison with earlier ones sees it. */
export function tonightOf(findings: Findings): Night {
  const { id, businessDate, startedAt, finishedAt } = findings.run;
  const date = businessDate ?? startedAt.toISOString().slice(0, 10);
  return nightOf({ run: id, date, startedAt, finishedAt, figures: figuresOf(findings) });
}

/** Hash of the report without timestamps: a new hash means new content. */
function contentHash(findings: Findings): string {
  const news = { ...summaryOf(findings), version: 0, asOf: '', seconds: {} };
  return createHash('sha256').update(JSON.stringify(news)).digest('hex');
}

/** The version of the files that are about to be written: the next one if they say something new. */
export async function versionOf(client: Client, findings: Findings): Promise<number> {
  const { id, version } = findings.run;
  const before = await runMaybe(client, 'report/said-before', { run: id });
  return before && before.said !== contentHash(findings) ? version + 1 : version;
}

/** Keeps figures and version. */
export async function keepFigures(db: Db, findings: Findings): Promise<void> {
  const { id, version, asOf } = findings.run;
  const figures = JSON.stringify({ ...figuresOf(findings), said: contentHash(findings) });
  await inTransaction(
    db,
    async (client) => {
      await query(client, 'report/keep-figures', { run: id, asOf, figures });
      await query(client, 'report/set-version', { run: id, version });
    },
    { idempotent: true },
  );
}
