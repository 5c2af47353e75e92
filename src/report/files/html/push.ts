/** The push over time: requests a second against the limit, what was throttled or failed, and how long answers took. */

import { limitsOf, windowsOf } from '../../../destinations/limits.ts';
import { local } from '../../../ground/clock.ts';
import { grouped } from '../../../ground/decimal.ts';
import { latencyBounds, type Point, type Series } from '../../findings/series.ts';
import type { Findings } from '../../findings/summary.ts';
import { type Frame, grid, inner, path, px, short, svg, ticks, type Xy } from './chart.ts';
import { html, type Markup, nothing } from './markup.ts';

const frame: Frame = { width: 1000, height: 250, left: 46, right: 74, top: 18, bottom: 28 };

export function pushSection(
  findings: Findings,
  series: Series | null,
  latencies: readonly number[],
  zone: string,
): Markup {
  const { requests, operations } = findings;
  if (!series) return html`<section><h2>Push over time</h2><p class="note">Nothing was sent.</p></section>`;
  const note = `${grouped(requests.sent)} requests for ${grouped(operations.total)} operations: ${grouped(requests.retried)} sent again, ${grouped(requests.throttled)} throttled; ${Math.round(requests.limitUsed * 100)} % of the tightest limit while it was sending.`;
  const inAll = html`<figure><h3>How long answers took, in all</h3>${histogram(latencies)}<figcaption>Requests by milliseconds; p50 ${requests.p50Ms} ms, p99 ${requests.p99Ms} ms.</figcaption></figure>`;
  if (series.steps < fewestSteps)
    return html`<section><h2>Push</h2><p class="note">${note} It was over too soon to be drawn over time.</p><div class="two">${inAll}</div></section>`;
  return html`<section><h2>Push over time</h2><p class="note">${note}</p>
<figure>${rates(series, findings, zone)}<figcaption>Requests a second, one step is ${stepText(series.seconds)}. Dashed: the limit. Below the line, on a scale of its own: refused or failed. Grey bands: throttled (429).</figcaption></figure>
<div class="two"><figure><h3>How long answers took, over time</h3>${latency(series, zone)}<figcaption>Median (dark) and 99th percentile (light), milliseconds, logarithmic.</figcaption></figure>
${inAll}</div></section>`;
}

/** With fewer steps there is nothing to draw over time. */
const fewestSteps = 4;

const stepText = (seconds: number): string =>
  seconds >= 3600
    ? `${short(seconds / 3600)} h`
    : seconds >= 60
      ? `${short(seconds / 60)} min`
      : `${short(seconds)} s`;

const xOf =
  (series: Series, area: Frame) =>
  (step: number): number =>
    area.left + (step / Math.max(1, series.steps)) * inner(area).width;

/** Clock times under the chart: at the beginning, the end and between. */
function clock(series: Series, area: Frame, zone: string): Markup {
  const x = xOf(series, area);
  const count = Math.min(4, Math.max(1, series.steps));
  const at = Array.from({ length: count + 1 }, (_, index) => (index * series.steps) / count);
  const long = series.steps * series.seconds > 86_400;
  const y = area.height - area.bottom + 18;
  return html`${at.map((step, index) => {
    const shown = local(new Date(series.from.getTime() + step * series.seconds * 1000), zone);
    const anchor = index === 0 ? 'start' : index === count ? 'end' : 'middle';
    return html`<text x="${px(x(step))}" y="${y}" text-anchor="${anchor}">${long ? `${shown.date} ` : ''}${shown.time.slice(0, 8)}</text>`;
  })}`;
}

function rates(series: Series, findings: Findings, zone: string): Markup {
  const rate = (count: number): number => count / series.seconds;
  const limits = windowsOf(limitsOf(findings.run.accountDefinition)).map(
    ({ limit, perMs }) => (limit * 1_000) / perMs,
  );
  const peak = Math.max(...series.points.map((point) => rate(point.sent)));
  const shownLimit = Math.max(...limits.filter((limit) => limit <= peak * 3), 0) || Math.min(...limits);
  const marks = ticks(Math.max(peak, shownLimit) * 1.06);
  const most = marks.at(-1) ?? 1;
  const down = Math.max(...series.points.map((point) => rate(point.failed)), 0);
  const below = down > 0 ? 34 : 0;
  const area = inner(frame).height - below;
  const y = (value: number): number => frame.top + area * (1 - value / most);
  const x = xOf(series, frame);
  const wide = Math.max(1, inner(frame).width / Math.max(1, series.steps) - 0.6);
  const bars = series.points.map((point) => oneBar(point, x(point.step), wide, y, rate, down, below));
  const limit = html`<line x1="${frame.left}" x2="${frame.width - frame.right}" y1="${px(y(shownLimit))}" y2="${px(y(shownLimit))}" stroke="#1d2126" stroke-width="1.2" stroke-dasharray="5 4"/>
<text x="${frame.width - frame.right + 8}" y="${px(y(shownLimit) + 4)}" class="strong">limit ${short(shownLimit)}/s</text>`;
  const worst =
    down > 0
      ? html`<text x="${frame.left - 8}" y="${px(y(0) + below - 4)}" text-anchor="end" style="fill:#b4430c">${short(down)}</text>`
      : nothing;
  return svg(
    frame,
    'Requests a second over time',
    grid(frame, marks, y, short),
    bars,
    limit,
    worst,
    clock(series, frame, zone),
  );
}

function oneBar(
  point: Point,
  x: number,
  wide: number,
  y: (value: number) => number,
  rate: (count: number) => number,
  down: number,
  below: number,
): Markup {
  const top = y(rate(point.sent));
  const band =
    point.throttled > 0
      ? html`<rect x="${px(x)}" y="${frame.top}" width="${px(wide)}" height="${px(y(0) - frame.top)}" fill="#6a6884" fill-opacity=".22"/>`
      : nothing;
  const failed =
    point.failed > 0
      ? html`<rect x="${px(x)}" y="${px(y(0) + 2)}" width="${px(wide)}" height="${px(Math.max(1.5, (rate(point.failed) / down) * (below - 6)))}" fill="#e0752b"/>`
      : nothing;
  return html`${band}<rect x="${px(x)}" y="${px(top)}" width="${px(wide)}" height="${px(y(0) - top)}" fill="#1b6ca8" fill-opacity=".85"/>${failed}`;
}

const small: Frame = { width: 560, height: 210, left: 46, right: 8, top: 12, bottom: 28 };

function latency(series: Series, zone: string): Markup {
  const values = series.points
    .flatMap((point) => [point.p50 ?? 0, point.p99 ?? 0])
    .filter((value) => value > 0);
  if (values.length === 0) return html`<p class="soft">No answer came.</p>`;
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.ceil(Math.log10(Math.max(...values) * 1.05));
  const y = (value: number): number =>
    small.top +
    inner(small).height * (1 - (Math.log10(Math.max(value, 10 ** low)) - low) / Math.max(1, high - low));
  const x = xOf(series, small);
  const marks = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
  const line = (pick: (point: Point) => number | null): string => {
    let last = -1;
    const points: (Xy | null)[] = [];
    for (const point of series.points) {
      const value = pick(point);
      if (value === null || value <= 0) continue;
      if (last >= 0 && point.step > last + 2) points.push(null);
      points.push([x(point.step + 0.5), y(value)]);
      last = point.step;
    }
    return path(points);
  };
  const stroke = (d: string, color: string, w: number): Markup =>
    html`<path d="${d}" fill="none" stroke="${color}" stroke-width="${w}" stroke-linejoin="round" stroke-linecap="round"/>`;
  return svg(
    small,
    'Median and 99th percentile of answer times over time',
    grid(small, marks, y, (value) => short(value)),
    stroke(
      line((point) => point.p99),
      '#95c0de',
      1.6,
    ),
    stroke(
      line((point) => point.p50),
      '#1b6ca8',
      2,
    ),
    clock(series, small, zone),
  );
}

const bars: Frame = { width: 420, height: 210, left: 46, right: 8, top: 12, bottom: 28 };

function histogram(counts: readonly number[]): Markup {
  const first = counts.findIndex((count) => count > 0);
  if (first === -1) return html`<p class="soft">No answer came.</p>`;
  const last = counts.findLastIndex((count) => count > 0);
  const from = Math.max(0, first - 1);
  const shown = counts.slice(from, Math.min(counts.length, last + 2));
  const marks = ticks(Math.max(...shown) * 1.04, 4);
  const most = marks.at(-1) ?? 1;
  const y = (value: number): number => bars.top + inner(bars).height * (1 - value / most);
  const wide = inner(bars).width / shown.length;
  const parts = shown.map((count, index) => {
    const x = bars.left + index * wide;
    const upTo = latencyBounds[from + index];
    const label = upTo === undefined ? '30s+' : upTo >= 1000 ? `${upTo / 1000}s` : String(upTo);
    return html`<rect x="${px(x + 1.5)}" y="${px(y(count))}" width="${px(wide - 3)}" height="${px(y(0) - y(count))}" fill="#1b6ca8" fill-opacity=".85"><title>${grouped(count)}</title></rect>
<text x="${px(x + wide)}" y="${bars.height - bars.bottom + 18}" text-anchor="middle">${label}</text>`;
  });
  return svg(bars, 'Requests by answer time', grid(bars, marks, y, short), parts);
}
