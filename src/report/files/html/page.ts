/** report.html: one self-contained file that needs no network and no scripts, under 2 MB whatever the row count. */

import { deadlineOf, lasting, zoneOf } from '../../../ground/clock.ts';
import { add, grouped } from '../../../ground/decimal.ts';
import { exit } from '../../../ground/exit.ts';
import { plural, share } from '../../../ground/table.ts';
import { type Family, families, familyName, familyRows } from '../../../ledger/buckets.ts';
import type { About } from '../../findings/about.ts';
import type { ShownGroup } from '../../findings/masked-detail.ts';
import type { Series } from '../../findings/series.ts';
import { type Findings, rowsOfRun, type Summary } from '../../findings/summary.ts';
import { booksSection, familyColor } from './books.ts';
import { aboutSection, fieldsSection, filesSection, nextSection, stamp, waitingSection } from './facts.ts';
import { groupsSection } from './groups.ts';
import { embedded, html, Markup, nothing } from './markup.ts';
import { pushSection } from './push.ts';
import { style } from './style.ts';
import { usualSection } from './usual.ts';

export interface PageData {
  readonly findings: Findings;
  readonly summary: Summary;
  /** The largest groups, masked. */
  readonly groups: readonly ShownGroup[];
  readonly series: Series | null;
  readonly latencies: readonly number[];
  readonly about: About;
}

/** The whole document. Pure: everything in it is in the data. */
export function page({ findings, summary, groups, series, latencies, about }: PageData): string {
  const { run } = findings;
  const zone = zoneOf(run.definition);
  const title = `${run.pipeline} ${run.id}`;
  const document = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="referrer" content="no-referrer"><meta name="robots" content="noindex">
<title>${title}</title><style>${new Markup(style)}</style></head><body><main>
${verdict(findings, zone)}
${booksSection(findings)}
${groupsSection(findings, groups)}
${nextSection(findings, groups, about, zone)}
${filesSection(findings)}
${pushSection(findings, series, latencies, zone)}
${usualSection(findings)}
${waitingSection(findings)}
${fieldsSection(findings, about)}
${aboutSection(findings, about, zone)}
<footer>Made from Postgres as of ${run.asOf.toISOString()}; make it again with <code>pointferry report ${run.id}</code>. Values are masked.</footer>
<script type="application/json" id="summary">${embedded(shortened(summary))}</script>
</main></body></html>
`;
  return document.text;
}

const most = 200;

/** summary.json with its longest lists cut; the file itself is whole. */
const shortened = (summary: Summary): Summary => ({
  ...summary,
  files: summary.files.slice(0, most),
  errors: summary.errors.slice(0, most),
});

function verdict(findings: Findings, zone: string): Markup {
  const { run, books } = findings;
  const stage = run.accountStage === 'production' ? 'hot' : '';
  const from = stamp(run.startedAt, zone);
  const to = run.finishedAt ? ` to ${stamp(run.finishedAt, zone)}` : '';
  return html`<header><p class="over"><b>${run.pipeline}</b><span>run ${run.id}</span><span>${run.account} <span class="badge ${stage}">${run.accountStage}</span></span>${run.businessDate ? html`<span>business date ${run.businessDate}</span>` : nothing}${badge(findings)}</p>
<h1>${sentence(findings)}</h1>
<p class="lead">${from}${to}. ${deadlineText(findings)} As of ${stamp(run.asOf, zone)}.</p>
${books.balanced ? nothing : html`<div class="alarm"><b>The books do not balance.</b> Nothing further is sent.${books.differences.slice(0, 20).map((said) => html`<br>${said}`)}</div>`}
${run.stopReason || run.stopCode ? html`<div class="alarm"><b>${run.stopCode ?? 'Stopped'}</b> ${run.stopReason ?? ''}</div>` : nothing}
${three(findings)}</header>`;
}

function badge({ run }: Findings): Markup {
  const tone = run.exitCode === null ? 'wait' : run.exitCode === exit.ok ? 'good' : 'bad';
  const said =
    run.exitCode === null ? run.status : `${run.status.replaceAll('_', ' ')}, exit ${run.exitCode}`;
  return html`<span class="badge ${tone}">${said}</span>`;
}

/** One-sentence summary at the top of the page. */
function sentence(findings: Findings): string {
  const counts = rowsOfRun(findings);
  const [done, person, waits] = (['done', 'person', 'waits'] as const).map((family) =>
    familyRows(counts, family),
  );
  const { run, books } = findings;
  if (!books.balanced) return 'The books do not balance: some rows are not accounted for.';
  if (counts.read === 0) return books.files.length === 0 ? 'No file was taken.' : 'No row was read.';
  const whole = done === counts.read;
  const start = whole
    ? `All ${grouped(counts.read)} rows are done`
    : `${grouped(done ?? 0)} of ${grouped(counts.read)} rows are done`;
  const parts = [
    person ? `${grouped(person)} ${person === 1 ? 'needs' : 'need'} attention` : '',
    waits ? `${grouped(waits)} ${waits === 1 ? 'is' : 'are'} waiting` : '',
  ].filter(Boolean);
  const stopped: Readonly<Record<string, string>> = {
    running: 'Still running: ',
    stopped: 'Stopped by a threshold: ',
    failed: 'Failed: ',
    interrupted: 'Interrupted: ',
  };
  return `${stopped[run.status] ?? ''}${[start, ...parts].join(', ').replace(/, ([^,]*)$/, parts.length > 0 ? ' and $1' : ', $1')}.`;
}

function deadlineText({ run }: Findings): string {
  const deadline = deadlineOf(run.definition, run.startedAt);
  if (!deadline || !run.finishedAt) return '';
  const spare = (deadline.getTime() - run.finishedAt.getTime()) / 1000;
  return spare >= 0
    ? `The deadline was met with ${lasting(spare)} to spare.`
    : `The deadline was missed by ${lasting(-spare)}.`;
}

function three(findings: Findings): Markup {
  const counts = rowsOfRun(findings);
  const amounts = Object.entries((findings.selected ?? findings.books).amount ?? {});
  const parts = (Object.keys(families) as Family[]).map((family) => {
    const rows = familyRows(counts, family);
    const money = amounts
      .slice(0, 3)
      .map(
        ([currency, one]) =>
          `${grouped(families[family].reduce((sum, bucket) => add(sum, one.buckets[bucket]), '0'))} ${currency}`,
      );
    const more = [share(rows, counts.read), ...(rows > 0 ? money : [])].filter(Boolean).join('  ·  ');
    return html`<div><div class="name"><i style="background:${familyColor[family]}"></i>${familyName[family]}</div><div class="rows">${grouped(rows)}</div><div class="more">${more || `no ${plural(2, 'row')}`}</div></div>`;
  });
  return html`<div class="three">${parts}</div>`;
}
