/** Gathers what report.html shows and makes it. */
import type { Client } from '../../db/pool.ts';
import { filesOf } from '../../ledger/file.ts';
import { aboutRun } from '../findings/about.ts';
import { detailsOf } from '../findings/group-details.ts';
import { maskedDetail } from '../findings/masked-detail.ts';
import { latenciesOf, seriesOf } from '../findings/series.ts';
import { type Findings, summaryOf } from '../findings/summary.ts';
import { mostGroups } from './html/groups.ts';
import { page } from './html/page.ts';

/** The text of report.html. The client's transaction is the snapshot that `findings` were read from. */
export async function reportHtml(client: Client, findings: Findings): Promise<string> {
  const { run } = findings;
  const largest = [...findings.groups].sort((a, b) => b.rows - a.rows).slice(0, mostGroups);
  const details = await detailsOf(client, run, await filesOf(client, run.id), largest);
  return page({
    findings,
    summary: summaryOf(findings),
    groups: details.map((detail) => maskedDetail(detail, findings, false)),
    series: await seriesOf(client, run.id),
    latencies: await latenciesOf(client, run.id),
    about: await aboutRun(client, run),
  });
}
