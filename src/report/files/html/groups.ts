/** What is wrong: groups of errors with their share, what they have in common, an example, and what to do. */

import { grouped } from '../../../ground/decimal.ts';
import { plural } from '../../../ground/table.ts';
import type { Bucket } from '../../../ledger/buckets.ts';
import { type Family, families } from '../../../ledger/buckets.ts';
import type { ShownGroup } from '../../findings/masked-detail.ts';
import type { Findings } from '../../findings/summary.ts';
import { familyColor } from './books.ts';
import { html, type Markup, nothing } from './markup.ts';

/** Groups shown; a run with more of them has one cause that names many fields. */
export const mostGroups = 40;

const familyOf = (bucket: string): Family =>
  (Object.keys(families) as Family[]).find((family) =>
    (families[family] as readonly string[]).includes(bucket as Bucket),
  ) ?? 'person';

export function groupsSection(findings: Findings, groups: readonly ShownGroup[]): Markup {
  const total = findings.groups.reduce((sum, group) => sum + group.rows, 0);
  if (findings.groups.length === 0)
    return html`<section><h2>What is wrong</h2><p class="note">Nothing. No row needs attention, and none waits for its member.</p></section>`;
  const rest = findings.groups.length - groups.length;
  return html`<section><h2>What is wrong</h2>
<p class="note">${grouped(total)} ${plural(total, 'row')} by cause. A group keeps its number for the life of the run; values are masked.</p>
${groups.map((group) => block(group, total, findings))}
${rest > 0 ? html`<p class="soft">and ${rest} more groups: <code class="cmd">pointferry errors ${findings.run.id} --group</code></p>` : nothing}</section>`;
}

function block(group: ShownGroup, total: number, { run }: Findings): Markup {
  const color = familyColor[familyOf(group.bucket)];
  const platform = group.platformCode === null ? '' : `${run.platform}: ${group.platformCode}`;
  const share = total === 0 ? 0 : (100 * group.rows) / total;
  const amount = group.amount === '' ? '' : group.amount;
  return html`<div class="group"><div class="no">${group.group}</div><div>
<div class="code"><code>${group.code}</code> <span class="field">${[platform, group.field].filter(Boolean).join('  ·  ')}</span></div>
<p>${sentence(group.sample?.reason || group.meaning)}</p>
${group.concentration ? html`<p><span class="why">${group.concentration}</span></p>` : nothing}
${example(group)}
<p><span class="soft">Do:</span> ${sentence(group.do, false)} ${group.command ? html`<br><code class="cmd">${group.command}</code>` : nothing}</p></div>
<div class="fig"><b style="color:${color}">${grouped(group.rows)}</b><span class="soft">${group.bucket}${group.operations > 0 ? `, ${grouped(group.operations)} ${plural(group.operations, 'operation')}` : ''}</span>
${amount ? html`<br><span class="soft">${amount}</span>` : nothing}<div class="share"><i style="width:${Math.max(2, Math.round(share))}%;background:${color}"></i></div></div></div>`;
}

/** With a full stop at its end, and a capital at its beginning unless it follows something. */
export function sentence(text: string, first = true): string {
  const begun = first ? text.slice(0, 1).toUpperCase() + text.slice(1) : text;
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

function example({ sample }: ShownGroup): Markup {
  if (!sample) return nothing;
  const cells = Object.entries(sample.cells).map(([column, cell]) => html` <code>${column}=${cell}</code>`);
  const request = sample.requestId === null ? '' : `, request ${sample.requestId}`;
  return html`<p class="soft">For example ${sample.file}, line ${grouped(sample.line)} (row ${sample.row}${request}).${cells}</p>`;
}
