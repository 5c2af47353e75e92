/** Text for a screen of 100 columns. */
import { stripVTControlCharacters } from 'node:util';

export const screenWidth = 100;

/** Text of others (file names, platforms' words) on one line, without anything that a terminal would obey. */
export const plain = (text: string): string =>
  stripVTControlCharacters(text)
    .replace(/[\u0000-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]/g, ' ')
    .trim();

/** At most so many characters, cut with two dots. */
export const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 2))}..`;

export const left = (text: string, width: number): string => cut(text, width).padEnd(width);
export const right = (text: string | number, width: number): string => String(text).padStart(width);

/** A line without blanks at its end, never longer than the screen. */
export const line = (...parts: readonly string[]): string => cut(parts.join('').trimEnd(), screenWidth);

export const rule = (indent = 2): string => `${' '.repeat(indent)}${'-'.repeat(screenWidth - indent - 2)}`;

/** `93.8 %`; nothing for what rounds to nothing. */
export const share = (part: number, whole: number): string => {
  const percent = whole === 0 ? 0 : (100 * part) / whole;
  return percent < 0.05 ? '' : `${percent.toFixed(1)} %`;
};

export const plural = (count: number, one: string, many = `${one}s`): string => (count === 1 ? one : many);
