/** The books: a bar of what became of the rows read, and the table of rows and amounts. */

import { grouped } from '../../../ground/decimal.ts';
import { share } from '../../../ground/table.ts';
import {
  type Bucket,
  buckets,
  type Counts,
  type Family,
  families,
  familyName,
} from '../../../ledger/buckets.ts';
import { accounted } from '../../books/amounts.ts';
import { type Findings, rowsOfRun } from '../../findings/summary.ts';
import { px, svg } from './chart.ts';
import { html, type Markup, nothing } from './markup.ts';
import { colors } from './style.ts';

export const meaning: Readonly<Record<Bucket, string>> = {
  delivered: 'accepted by the platform',
  unchanged: 'equals what was accepted last',
  duplicate: 'accepted already with the same content',
  filtered: 'the pipeline says not to send it',
  rejected: 'rejected by Pointferry: could not be parsed or normalized, or differs from what was delivered',
  failed: 'refused by the platform for good',
  unknown: 'sent, and no answer says what became of it',
  parked: 'its member is not known yet',
  pending: 'not settled yet',
};

const list = Object.keys(families) as Family[];
export const familyColor: Readonly<Record<Family, string>> = {
  done: 'var(--done)',
  person: 'var(--person)',
  waits: 'var(--waits)',
};

const width = 1000;
const barHeight = 34;
const dark: ReadonlySet<Bucket> = new Set(['delivered', 'unchanged', 'rejected', 'parked']);

interface Segment {
  readonly bucket: Bucket;
  readonly x: number;
  readonly w: number;
}

/** Every bucket that holds a row is visible: at least three units wide, taken from the widest bucket. */
function segmentsOf(counts: Counts, shown: readonly Bucket[]): Segment[] {
  const held = shown.filter((bucket) => counts[bucket] > 0);
  const sum = held.reduce((total, bucket) => total + counts[bucket], 0);
  const raw = held.map((bucket) => Math.max(3, (width * counts[bucket]) / Math.max(1, sum)));
  const over = raw.reduce((total, w) => total + w, 0) - width;
  const widest = raw.indexOf(Math.max(...raw));
  let x = 0;
  return held.map((bucket, index) => {
    const w = (raw[index] ?? 0) - (index === widest ? over : 0);
    x += w;
    return { bucket, x: x - w, w };
  });
}

function drawn(segments: readonly Segment[], counts: Counts, top: number, height: number): Markup {
  return html`${segments.map(({ bucket, x, w }) => {
    const box = html`x="${px(x)}" y="${top}" width="${px(Math.max(0.5, w - 1))}" height="${height}"`;
    const hatched =
      bucket === 'parked' || bucket === 'pending' ? html`<rect ${box} fill="url(#hatch)"/>` : nothing;
    const fill = dark.has(bucket) ? '#fff' : '#1d2126';
    const name = `${bucket} ${grouped(counts[bucket])}`;
    const label =
      w > name.length * 6.4 + 18
        ? html`<text x="${px(x + 10)}" y="${top + height / 2 + 4}" style="fill:${fill}">${name}</text>`
        : nothing;
    return html`<rect ${box} fill="${colors[bucket]}"><title>${name}</title></rect>${hatched}${label}`;
  })}`;
}

const hatch = html`<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="6" stroke="#fff" stroke-width="1.6" stroke-opacity=".45"/></pattern></defs>`;
const notDone: readonly Bucket[] = [...families.person, ...families.waits];

/** All rows as one bar. If what is not done is a sliver of it, a second bar shows that part as wide as the page. */
function bar(counts: Counts): Markup {
  const all = segmentsOf(counts, buckets);
  const total = buckets.reduce((sum, bucket) => sum + counts[bucket], 0);
  const rest = notDone.reduce((sum, bucket) => sum + counts[bucket], 0);
  const held = buckets.filter((bucket) => counts[bucket] > 0).map((bucket) => `${bucket} ${counts[bucket]}`);
  const title = `${grouped(counts.read)} rows read: ${held.join(', ')}`;
  const label = html`<text x="0" y="14" class="strong">${grouped(counts.read)} rows read</text>`;
  const whole = html`${hatch}${label}${drawn(all, counts, 26, barHeight)}`;
  if (rest === 0 || rest > total / 4) return svg({ width, height: 64 }, title, whole);
  const from = all.find(({ bucket }) => notDone.includes(bucket))?.x ?? width;
  const percent = ((100 * rest) / Math.max(1, total)).toFixed(rest / total < 0.01 ? 2 : 1);
  const zoom = html`<path d="M${px(from)} 61L0 104V108H${width}V104L${width} 61Z" fill="#f3f3ef"/>
<text x="${width - 10}" y="96" text-anchor="end" class="strong">the ${percent} % that ${rest === 1 ? 'is' : 'are'} not done: ${grouped(rest)} rows</text>`;
  const part = drawn(segmentsOf(counts, notDone), counts, 108, barHeight - 6);
  return svg({ width, height: 140 }, title, zoom, whole, part);
}

const legend = (counts: Counts): Markup =>
  html`<ul class="legend">${buckets
    .filter((bucket) => counts[bucket] > 0)
    .map(
      (bucket) =>
        html`<li><i style="background:${colors[bucket]}"></i>${bucket} ${grouped(counts[bucket])}</li>`,
    )}</ul>`;

export function booksSection(findings: Findings): Markup {
  const counts = rowsOfRun(findings);
  const note = findings.selected
    ? 'A rerun is a view over rows of other runs: they stay in the books of the runs that read them, and are never added up.'
    : 'Rows are counted twice, in two places: by the parser when the file landed, and from what became of each row.';
  return html`<section><h2>The books</h2><p class="note">${note}</p>
${counts.read > 0 ? html`<figure>${bar(counts)}</figure>${legend(counts)}` : nothing}
<div class="scroll">${table(findings, counts)}</div></section>`;
}

function table(findings: Findings, counts: Counts): Markup {
  const { books, selected } = findings;
  const amounts = Object.entries((selected ?? books).amount ?? {});
  const unreadable = (key: Bucket | 'read'): number =>
    amounts.reduce((sum, [, one]) => sum + one.unreadable[key], 0);
  const lost = unreadable('read') > 0;
  const figures = (key: Bucket | 'read'): Markup =>
    html`${amounts.map(([, one]) => html`<td class="n">${grouped(key === 'read' ? one.read : one.buckets[key])}</td>`)}${
      lost ? html`<td class="n soft">${unreadable(key) > 0 ? grouped(unreadable(key)) : ''}</td>` : nothing
    }`;
  const rows = list.flatMap((family) =>
    families[family].map(
      (
        bucket,
        index,
      ) => html`<tr${counts[bucket] === 0 ? html` class="none"` : nothing}><td>${index === 0 ? html`<b>${familyName[family]}</b>` : ''}</td>
<td class="keep"><span class="swatch" style="background:${colors[bucket]}"></span>${bucket}</td><td class="soft">${meaning[bucket]}</td>
<td class="n">${grouped(counts[bucket])}</td><td class="n soft">${share(counts[bucket], counts.read)}</td>${figures(bucket)}</tr>`,
    ),
  );
  const head = html`<tr><th></th><th>bucket</th><th>means</th><th class="n">rows</th><th class="n"></th>${amounts.map(
    ([currency]) => html`<th class="n">amount ${currency}</th>`,
  )}${lost ? html`<th class="n">unreadable</th>` : nothing}</tr>`;
  const read = html`<tr><td><b>${selected ? 'selected' : 'read'}</b></td><td></td><td></td><td class="n"><b>${grouped(counts.read)}</b></td><td></td>${figures('read')}</tr>`;
  return html`<table><thead>${head}</thead><tbody>${read}${rows}${selected ? nothing : balanced(findings, amounts.length)}</tbody></table>${corrected(findings)}`;
}

function balanced({ books }: Findings, currencies: number): Markup {
  const span = 3 + 1 + 1 + currencies + 1;
  if (books.balanced) {
    const total = buckets.reduce((sum, bucket) => sum + books.rows[bucket], 0);
    const sums = Object.entries(books.amount ?? {}).map(
      ([, one]) => html`<td class="n">${grouped(accounted(one))}</td>`,
    );
    return html`<tr class="total"><td>balanced</td><td></td><td></td><td class="n">${grouped(total)}</td><td></td>${sums}</tr>`;
  }
  return html`<tr class="total"><td colspan="${span}">NOT BALANCED${books.differences.map((said) => html`<br><span class="soft">${said}</span>`)}</td></tr>`;
}

function corrected({ books }: Findings): Markup {
  const changed = Object.entries(books.amount ?? {}).filter(([, one]) => /[1-9]/.test(one.corrected));
  return html`${changed.map(
    ([currency, one]) =>
      html`<p class="soft">Amounts are as first read; edits change them by ${grouped(one.corrected)} ${currency}.</p>`,
  )}`;
}
