/** Against the usual: this run among the last thirty, one small chart per figure. */
import { deadlineOf } from '../../../ground/clock.ts';
import { tonightOf } from '../../findings/figures.ts';
import type { Findings } from '../../findings/summary.ts';
import { type Night, usualOf } from '../../findings/usual.ts';
import { type Frame, px, short, svg } from './chart.ts';
import { html, type Markup, nothing } from './markup.ts';

interface Figure {
  readonly name: string;
  readonly pick: (night: Night) => number | null;
  readonly label: (value: number) => string;
  /** Only more than usual is odd; without it, less is odd too. */
  readonly badHigh?: true;
  /** A line that this run should stay under. */
  readonly limit?: { readonly value: number; readonly name: string };
}

const percent = (value: number): string => `${(value * 100).toFixed(value < 0.1 ? 2 : 1)} %`;
const minutes = (value: number): string => (value >= 100 ? `${short(value / 60)} h` : `${short(value)} min`);

export function usualSection(findings: Findings): Markup {
  const { before, run } = findings;
  if (run.mode !== 'run') return nothing;
  const tonight = tonightOf(findings);
  if (usualOf(before.map((night) => night.rows)) === null)
    return html`<section><h2>Against the usual</h2><p class="note">There is nothing to compare with yet: ${before.length} earlier ${before.length === 1 ? 'run' : 'runs'} of this pipeline.</p></section>`;
  const deadline = deadlineOf(run.definition, run.startedAt);
  const left = deadline ? (deadline.getTime() - run.startedAt.getTime()) / 60_000 : null;
  const figures: readonly Figure[] = [
    { name: 'Rows read', pick: (night) => night.rows, label: short },
    { name: 'Amount', pick: (night) => night.amount, label: short },
    { name: 'Rows that need attention', pick: (night) => night.errorShare, label: percent, badHigh: true },
    {
      name: 'From start to end',
      pick: (night) => night.minutes,
      label: minutes,
      badHigh: true,
      ...(left === null ? {} : { limit: { value: left, name: 'deadline' } }),
    },
    { name: 'Sending', pick: (night) => night.pushSeconds / 60, label: minutes, badHigh: true },
    {
      name: 'Answers, 99th percentile',
      pick: (night) => night.p99Ms,
      label: (value) => `${short(value)} ms`,
      badHigh: true,
    },
  ];
  const charts = figures.map((figure) => strip(figure, tonight, before));
  return html`<section><h2>Against the usual</h2>
<p class="note">The last ${before.length} runs and this one, oldest first. The band holds four of five earlier runs, the line is their median.</p>
<div class="multiples">${charts}</div></section>`;
}

const frame: Frame = { width: 320, height: 120, left: 2, right: 58, top: 14, bottom: 10 };

function strip(
  { name, pick, label, limit, badHigh }: Figure,
  tonight: Night,
  before: readonly Night[],
): Markup {
  const now = pick(tonight);
  const earlier = before.map(pick).filter((value) => value !== null);
  const usual = usualOf(earlier);
  if (now === null || usual === null) return nothing;
  const shownLimit = limit && limit.value < Math.max(now, usual.high) * 6 ? limit : undefined;
  const most = Math.max(now, ...earlier, shownLimit?.value ?? 0, 1e-9) * 1.06;
  const y = (value: number): number =>
    frame.top + (frame.height - frame.top - frame.bottom) * (1 - value / most);
  const wide = frame.width - frame.left - frame.right;
  const x = (index: number): number => frame.left + (wide * (index + 0.5)) / (earlier.length + 1);
  const outside = now > usual.high || (!badHigh && now < usual.low);
  const color = outside ? '#c2500f' : '#1b6ca8';
  const end = frame.width - frame.right;
  const far = Math.abs(y(now) - y(usual.middle)) > 13;
  return html`<figure><h3>${name}</h3>${svg(
    frame,
    `${name}: ${label(now)}, usually ${label(usual.middle)}`,
    html`<rect x="${frame.left}" width="${wide}" y="${px(y(usual.high))}" height="${px(Math.max(1, y(usual.low) - y(usual.high)))}" fill="#eaf1f7"/>
<line x1="${frame.left}" x2="${end}" y1="${px(y(usual.middle))}" y2="${px(y(usual.middle))}" stroke="#95c0de" stroke-width="1.2"/>
<line class="base" x1="${frame.left}" x2="${end}" y1="${px(y(0))}" y2="${px(y(0))}"/>`,
    shownLimit
      ? html`<line x1="${frame.left}" x2="${end}" y1="${px(y(shownLimit.value))}" y2="${px(y(shownLimit.value))}" stroke="#1d2126" stroke-dasharray="4 3"/><text x="${frame.left}" y="${px(y(shownLimit.value) - 4)}">${shownLimit.name}</text>`
      : nothing,
    earlier.map(
      (value, index) => html`<circle cx="${px(x(index))}" cy="${px(y(value))}" r="2.4" fill="#8b929b"/>`,
    ),
    html`<circle cx="${px(x(earlier.length))}" cy="${px(y(now))}" r="5" fill="${color}" stroke="#fff" stroke-width="1.5"/>
<text class="strong" x="${end + 6}" y="${px(y(now) + 4)}" style="fill:${color}">${label(now)}</text>`,
    far ? html`<text x="${end + 6}" y="${px(y(usual.middle) + 4)}">${label(usual.middle)}</text>` : nothing,
  )}</figure>`;
}
