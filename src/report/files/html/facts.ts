/** The quieter sections: files, what waits, whose fields were sent, how it was made, what to do next. */

import { limitsOf, windowsOf } from '../../../destinations/limits.ts';
import { local } from '../../../ground/clock.ts';
import { grouped } from '../../../ground/decimal.ts';
import { durationText } from '../../../ground/duration.ts';
import { record } from '../../../ground/json.ts';
import { plural } from '../../../ground/table.ts';
import { familyRows } from '../../../ledger/buckets.ts';
import type { FileBooks } from '../../books/books.ts';
import type { About } from '../../findings/about.ts';
import type { ShownGroup } from '../../findings/masked-detail.ts';
import { type Findings, nextCommand } from '../../findings/summary.ts';
import type { Aged } from '../../findings/waiting.ts';
import { sentence } from './groups.ts';
import { html, type Markup, nothing } from './markup.ts';

const mostFiles = 200;
const tone: Readonly<Record<string, string>> = {
  staged: '',
  duplicate: 'wait',
  empty: 'wait',
  unfinished: 'wait',
  refused: 'bad',
};

const size = (bytes: number): string =>
  bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.ceil(bytes / 1e3)} kB`;

export function filesSection({ books, run }: Findings): Markup {
  if (books.files.length === 0) return nothing;
  // if not all can be shown, those that need attention come first
  const sorted = [...books.files].sort(
    (a, b) => Number(a.file.verdict === 'staged') - Number(b.file.verdict === 'staged'),
  );
  const shown = books.files.length > mostFiles ? sorted.slice(0, mostFiles) : books.files;
  const owner =
    typeof run.definition.owner === 'string'
      ? ` Questions about the files go to ${run.definition.owner}.`
      : '';
  return html`<section><h2>Files</h2><p class="note">${books.files.length} ${plural(books.files.length, 'file')}. A file is recognized by the hash of its content, whatever its name.${owner}</p>
<div class="scroll"><table><thead><tr><th>file</th><th>verdict</th><th>content</th><th class="n">size</th><th class="n">records</th><th class="n">done</th><th class="n">attention</th><th class="n">waiting</th></tr></thead>
<tbody>${shown.map(fileRow)}</tbody></table></div>${shown.length < books.files.length ? html`<p class="soft">and ${books.files.length - shown.length} more: summary.json has them all</p>` : nothing}</section>`;
}

function fileRow({ file, rows }: FileBooks): Markup {
  const why =
    file.verdict === 'duplicate'
      ? `taken by ${file.earlierRun}`
      : [file.code, file.reason].filter(Boolean).join(': ') ||
        (file.correctionOf === null ? '' : 'a correction of an earlier file');
  const skipped = Object.entries(file.skipped).filter(([, lines]) => lines > 0);
  const lines = skipped.map(([what, count]) => `${count} ${what}`).join(', ');
  const count = (value: number): string => (file.verdict === 'staged' ? grouped(value) : '');
  return html`<tr><td>${file.name}${lines ? html`<br><span class="faint">${lines} ${plural(skipped.length, 'line')} outside the records</span>` : nothing}</td>
<td><span class="badge ${tone[file.verdict] ?? ''}">${file.verdict}</span>${why ? html` <span class="soft">${why}</span>` : nothing}</td>
<td class="faint mono">${(file.contentSha256 ?? '').slice(0, 12)}</td><td class="n">${size(file.bytes)}</td><td class="n">${count(file.records)}</td>
<td class="n">${count(familyRows(rows, 'done'))}</td><td class="n">${count(familyRows(rows, 'person'))}</td><td class="n">${count(familyRows(rows, 'waits'))}</td></tr>`;
}

const ages: readonly (readonly [label: string, upTo: number])[] = [
  ['today', 0],
  ['1 day', 1],
  ['2 days', 2],
  ['3 to 6 days', 6],
  ['1 to 2 weeks', 13],
  ['2 to 4 weeks', 29],
  ['longer', Number.POSITIVE_INFINITY],
];

export function waitingSection({ waiting }: Findings): Markup {
  const parts = [
    agedTable('Parked: the member is not known yet', waiting.parked, '#6a6884'),
    agedTable('Unknown: an operator settles them', waiting.unknown, '#f3b174'),
  ].filter((part) => part !== nothing);
  if (parts.length === 0) return nothing;
  const until = waiting.nextGivenUp
    ? ` The first is given up on ${waiting.nextGivenUp.toISOString().slice(0, 10)} (UTC).`
    : '';
  return html`<section><h2>Waiting</h2><p class="note">Operations by the time they have waited. Parked operations are released by themselves when their member arrives.${until}</p><div class="two">${parts}</div></section>`;
}

function agedTable(title: string, aged: readonly Aged[], color: string): Markup {
  const rows = ages.map(([label, upTo], index) => {
    const from = index === 0 ? 0 : (ages[index - 1]?.[1] ?? 0) + 1;
    return [
      label,
      aged.filter(({ days }) => days >= from && days <= upTo).reduce((sum, one) => sum + one.operations, 0),
    ] as const;
  });
  const most = Math.max(...rows.map(([, count]) => count));
  if (most === 0) return nothing;
  const bars = rows
    .filter(([, count]) => count > 0)
    .map(
      ([label, count]) =>
        html`<tr><td style="width:8em">${label}</td><td><span style="display:block;height:12px;border-radius:3px;margin-top:4px;background:${color};width:${Math.max(1, Math.round((100 * count) / most))}%"></span></td><td class="n">${grouped(count)}</td></tr>`,
    );
  return html`<div><h3>${title}</h3><table><tbody>${bars}</tbody></table></div>`;
}

export function fieldsSection({ run, operations, privacy }: Findings, about: About): Markup {
  const fields = Object.keys(record(run.definition.columns));
  const who = privacy.subjectType === 'program' ? 'programs' : 'members';
  return html`<section><h2>Fields sent</h2><p class="note">For the data protection officer: which fields of ${who} were sent, and where to. No values.</p>
<dl><dt>to</dt><dd>${run.account} (${run.platform}, ${run.accountStage})</dd><dt>operation</dt><dd>${run.kind}</dd>
<dt>fields</dt><dd>${fields.join(', ') || 'none'}</dd><dt>${who}</dt><dd>${grouped(about.subjects)}</dd><dt>operations</dt><dd>${grouped(operations.delivered)} accepted of ${grouped(operations.total)}</dd>
<dt>kept</dt><dd>everything: rows, outcomes, amounts, cells, requests and answers. Pointferry deletes nothing by itself</dd></dl></section>`;
}

export function aboutSection({ run }: Findings, about: About, zone: string): Markup {
  const limits = limitsOf(run.accountDefinition);
  const windows = windowsOf(limits).map(({ limit, perMs }) => `${grouped(limit)} per ${durationText(perMs)}`);
  const { thresholds } = run.definition;
  const changed =
    about.beforeRun === null
      ? html`the first run of this pipeline`
      : about.changes.length === 0
        ? html`the same as in ${about.beforeRun}`
        : html`not as in ${about.beforeRun}:${about.changes.map((change) => html`<br><code>${change}</code>`)}`;
  return html`<section><h2>How it was made</h2><dl>
<dt>by</dt><dd>Pointferry ${about.version}, schema ${about.schema}${about.host ? `, on ${about.host}` : ''}, started by ${run.actor}</dd>
<dt>pipeline</dt><dd>${run.pipeline} <code class="faint">${run.definitionHash.slice(0, 16)}</code>, ${changed}</dd>
<dt>limits</dt><dd>${windows.join(', ')}${limits.isStated ? '' : ' (none stated)'}; at most ${limits.maxInFlight} in flight</dd>
<dt>thresholds</dt><dd>${thresholds === undefined ? 'none' : html`<code>${JSON.stringify(thresholds)}</code>`}</dd>
<dt>seconds</dt><dd>${
    Object.entries(run.seconds)
      .map(([stage, seconds]) => `${stage} ${seconds.toFixed(1)}`)
      .join(', ') || 'not noted'
  }</dd>
<dt>snapshot</dt><dd>${stamp(run.asOf, zone)}, version ${run.version} of these files</dd></dl></section>`;
}

export const stamp = (at: Date, zone: string): string => {
  const shown = local(at, zone);
  const utc = zone === 'UTC' ? '' : ` (${at.toISOString().slice(11, 16)} UTC)`;
  return `${shown.weekday} ${shown.date} ${shown.time.slice(0, 5)} ${shown.zone}${utc}`;
};

export function nextSection(
  findings: Findings,
  groups: readonly ShownGroup[],
  about: About,
  zone: string,
): Markup {
  const next = nextCommand(findings);
  const steps = [
    ...(next === null ? [] : [html`<code class="cmd">${next}</code>`]),
    ...groups
      .filter((group) => group.command !== null)
      .slice(0, 5)
      .map(
        (group) =>
          html`Group ${group.group}: ${sentence(group.do, false)}<br><code class="cmd">${group.command}</code>`,
      ),
  ];
  const reruns = about.reruns.map(
    (one) => html`<li>${one.id}, ${one.status}, ${stamp(new Date(one.at), zone)}</li>`,
  );
  return html`<section><h2>Next steps</h2>
${steps.length > 0 ? html`<ol class="steps">${steps.map((step) => html`<li>${step}</li>`)}</ol>` : html`<p class="note">There is nothing to do.</p>`}
<p class="soft">Running anything again is safe: what was delivered is not sent twice.</p>
${reruns.length > 0 ? html`<h3>Reruns of rows of this run</h3><ul>${reruns}</ul>` : nothing}</section>`;
}
