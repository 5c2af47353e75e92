/** The business date that stands in a file's name. */
import { dateLetters, isTextToken, namedPattern, type Token } from '../ground/date-format.ts';
import { PointferryError } from '../ground/errors.ts';
import { isDay } from '../ground/words.ts';

/**
 * The date that a pattern finds in a name, as `YYYY-MM-DD`, or null. The pattern is text with one date in curly
 * brackets, `transactions_{yyyyMMdd}` or `{dd-MM-yy}_members`; it may match anywhere in the name. What is no day
 * of the calendar is null. Throws CONFIG_INVALID for a pattern that cannot give a date.
 */
export function businessDateOf(name: string, pattern: string | undefined): string | null {
  if (pattern === undefined) return null;
  const parts = matcherOf(pattern).exec(name)?.groups;
  if (parts === undefined) return null;
  const date = `${parts.year ?? `20${parts.yy}`}-${parts.month}-${parts.day}`;
  return isDay(date) ? date : null;
}

function matcherOf(pattern: string): RegExp {
  const [, before = '', format = '', after = ''] = /^([^{}]*)\{([^{}]*)\}([^{}]*)$/.exec(pattern) ?? [];
  const tokens = tokensOfName(format);
  const parts = new Set(tokens.map((token) => (isTextToken(token) ? '' : token.part)));
  if (!(parts.has('year') || parts.has('yy')) || !parts.has('month') || !parts.has('day'))
    throw new PointferryError(
      'CONFIG_INVALID',
      `"${pattern}" needs a date in curly brackets, such as {yyyyMMdd}`,
    );
  return new RegExp(`${RegExp.escape(before)}${namedPattern(tokens)}${RegExp.escape(after)}`);
}

/** In a name only these letters are a date's: every other one is itself, as in `{yyyyMMdd-all}`. */
const tokensOfName = (format: string): readonly Token[] =>
  format.split(/(yyyy|yy|MM|dd)/).map((text) => dateLetters.get(text) ?? { text });
