/** What the charts share: nice scales, labels, lines. Inline SVG, readable without scripts and on paper. */
import { html, type Markup } from './markup.ts';

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export const inner = (frame: Frame): { readonly width: number; readonly height: number } => ({
  width: frame.width - frame.left - frame.right,
  height: frame.height - frame.top - frame.bottom,
});

/** At most `count` round numbers from 0 that reach `most`. */
export function ticks(most: number, count = 4): number[] {
  if (!(most > 0)) return [0];
  const rough = most / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((unit) => unit * power >= rough) ?? 10) * power;
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, index) => index * step);
}

/** Short for an axis: 1.2k, 3.4M. */
export function short(value: number): string {
  const figure = (scaled: number): string => String(Number(scaled.toFixed(Math.abs(scaled) < 10 ? 1 : 0)));
  if (Math.abs(value) >= 1e9) return `${figure(value / 1e9)}G`;
  if (Math.abs(value) >= 1e6) return `${figure(value / 1e6)}M`;
  if (Math.abs(value) >= 1e4) return `${figure(value / 1e3)}k`;
  return String(Number(value.toFixed(value !== 0 && Math.abs(value) < 10 ? 1 : 0)));
}

/** Coordinates with one decimal: a tenth of a pixel is enough, and the file stays small. */
export const px = (value: number): string => String(Math.round(value * 10) / 10);

export type Xy = readonly [x: number, y: number];

/** A path through points; null starts a new stroke. */
export function path(points: readonly (Xy | null)[]): string {
  let pen = 'M';
  let text = '';
  for (const point of points) {
    if (point) text += `${pen}${px(point[0])} ${px(point[1])}`;
    pen = point ? 'L' : 'M';
  }
  return text;
}

/** An SVG with a name for those who cannot see it. */
export const svg = (
  frame: Pick<Frame, 'width' | 'height'>,
  title: string,
  ...parts: readonly (Markup | readonly Markup[])[]
): Markup =>
  html`<svg viewBox="0 0 ${frame.width} ${frame.height}" role="img" aria-label="${title}"><title>${title}</title>${parts}</svg>`;

/** Horizontal rules with their values at the left. */
export const grid = (
  frame: Frame,
  values: readonly number[],
  y: (value: number) => number,
  label: (value: number) => string,
): Markup =>
  html`${values.map(
    (
      value,
    ) => html`<line class="${value === 0 ? 'base' : 'axis'}" x1="${frame.left}" x2="${frame.width - frame.right}" y1="${px(y(value))}" y2="${px(y(value))}"/>
<text x="${frame.left - 8}" y="${px(y(value) + 4)}" text-anchor="end">${label(value)}</text>`,
  )}`;
