/** The business date that stands in a file's name. */
import { PointferryError } from '../ground/errors.ts';
import { isDay } from '../ground/words.ts';

const tokens: Record<string, string> = {
  yyyy: '(?<y>\\d{4})',
  yy: '(?<yy>\\d{2})',
  MM: '(?<m>\\d{2})',
  dd: '(?<d>\\d{2})',
};

/**
 * The date that a pattern finds in a name, as `YYYY-MM-DD`, or null. The pattern is text with one date in curly
 * brackets, `transactions_{yyyyMMdd}` or `{dd-MM-yy}_members`; it may match anywhere in the name. What is no day
 * of the calendar is null. Throws CONFIG_INVALID for a pattern that cannot give a date.
 */
export function businessDateOf(name: string, pattern: string | undefined): string | null {
  if (pattern === undefined) return null;
  const parts = matcherOf(pattern).exec(name)?.groups;
  if (parts === undefined) return null;
  const date = `${parts.y ?? `20${parts.yy}`}-${parts.m}-${parts.d}`;
  return isDay(date) ? date : null;
}

function matcherOf(pattern: string): RegExp {
  const [, before = '', format = '', after = ''] = /^([^{}]*)\{([^{}]*)\}([^{}]*)$/.exec(pattern) ?? [];
  const date = literal(format).replace(/yyyy|yy|MM|dd/g, (token) => tokens[token] ?? token);
  if (!/\(\?<yy?>/.test(date) || !date.includes('(?<m>') || !date.includes('(?<d>'))
    throw new PointferryError(
      'CONFIG_INVALID',
      `"${pattern}" needs a date in curly brackets, such as {yyyyMMdd}`,
    );
  return new RegExp(`${literal(before)}${date}${literal(after)}`);
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
