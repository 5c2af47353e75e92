/** Dates and times as they are typed and as spreadsheets write them: what a text may mean, and whether two may mean the same. */
import { monthNumber, namedPattern, tokensOf } from '../../ground/date-format.ts';

/** One way to read a text. A year below 100 is known by its last two digits only; null: the text does not say. */
export interface Reading {
  readonly year: number | null;
  readonly month: number | null;
  readonly day: number | null;
  /** Minutes of the day. */
  readonly minute: number | null;
}

/** Names of months, whole and short, as spreadsheets of these languages show them. */
const monthNames: ReadonlyMap<string, number> = new Map<string, number>([
  ['mrz', 3], // as Windows has it, and ICU has not
  ...['en', 'de', 'fr', 'es', 'it', 'nl', 'pt', 'pl'].flatMap((locale) =>
    (['long', 'short'] as const).flatMap((month) =>
      Array.from({ length: 12 }, (_, index) => {
        const date = new Date(Date.UTC(2026, index, 15));
        const name = new Intl.DateTimeFormat(locale, { month, timeZone: 'UTC' }).format(date);
        return [name.toLowerCase().replace(/\.$/, ''), index + 1] as const;
      }),
    ),
  ),
]);

const clock =
  /(?:^|[T ,])\s*(\d{1,2}):(\d{2})(?::\d{2}(?:[.,]\d+)?)?\s*([ap])?\.?(?:m\.?)?(?:z|[+-]\d{2}:?\d{2})?$/i;

/** Every way to read the text as a date, a time or both; empty for what is neither. */
export function readingsOf(text: string): Reading[] {
  const trimmed = text.trim();
  const time = clock.exec(trimmed);
  const minute = time ? minuteOf(time) : null;
  if (time && minute === null) return [];
  const date = (time ? trimmed.slice(0, time.index) : trimmed).trim();
  if (date === '') return minute === null ? [] : [{ year: null, month: null, day: null, minute }];
  return datesOf(date).map((one) => ({ ...one, minute }));
}

function minuteOf([, hour = '', minute = '', half]: RegExpExecArray): number | null {
  const said = Number(hour);
  const hours = half === undefined ? said : (said % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  return hours > 24 || Number(minute) > 59 ? null : hours * 60 + Number(minute);
}

type Day = Omit<Reading, 'minute'>;

function datesOf(text: string): Day[] {
  const parts = text
    .toLowerCase()
    .split(/[-/.,\s]+/)
    .filter(Boolean);
  const orders =
    parts.length === 3 ? ['ymd', 'dmy', 'mdy'] : parts.length === 2 ? ['dm', 'md', 'my', 'ym'] : [];
  return orders.flatMap((order) => dayOf(parts, order) ?? []);
}

function dayOf(parts: readonly string[], order: string): Day[] | null {
  const day: { year: number | null; month: number | null; day: number | null } = {
    year: null,
    month: null,
    day: null,
  };
  for (const [index, part] of parts.entries()) {
    const name = { y: 'year', m: 'month', d: 'day' }[order[index] ?? ''] as keyof Day;
    const value = /^\d{1,4}$/.test(part) ? Number(part) : name === 'month' ? monthNames.get(part) : undefined;
    if (value === undefined || (name !== 'year' && part.length > 2 && /^\d+$/.test(part))) return null;
    if (name === 'year' && part.length !== 4 && part.length !== 2) return null;
    day[name] = value;
  }
  const sound =
    (day.month === null || (day.month >= 1 && day.month <= 12)) &&
    (day.day === null || (day.day >= 1 && day.day <= 31));
  return sound ? [day] : null;
}

/** True if both may mean the same. A part that only one of them has does not matter, except a time other than midnight. */
export function agree(left: Reading, right: Reading): boolean {
  const same = (a: number | null, b: number | null): boolean => a === null || b === null || a === b;
  const years =
    left.year === null || right.year === null || left.year % 100 === right.year % 100
      ? left.year === right.year || Math.min(left.year ?? 0, right.year ?? 0) < 100
      : false;
  if ((left.month === null) !== (right.month === null)) return false;
  return (
    years &&
    same(left.month, right.month) &&
    same(left.day, right.day) &&
    (left.minute ?? 0) === (right.minute ?? 0)
  );
}

/** Is `seen` another way to write a date or time that `original` may mean? */
export const isRedated = (original: string, seen: string): boolean => {
  const meant = readingsOf(original);
  return (
    readingsOf(seen).some((reading) => meant.some((one) => agree(one, reading))) || isSerial(meant, seen)
  );
};

/** The number that spreadsheets keep for a date: days since 1899-12-30. */
function isSerial(meant: readonly Reading[], seen: string): boolean {
  if (!/^\d{4,6}$/.test(seen)) return false;
  const date = new Date(Date.UTC(1899, 11, 30) + Number(seen) * 86_400_000);
  const reading = {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    minute: null,
  };
  return meant.some(
    (one) => one.year !== null && one.day !== null && agree({ ...one, minute: null }, reading),
  );
}

/** The text read by a format of a pipeline (`dd-MM-yyyy HH:mm`); null where it does not fit. */
export function readAs(text: string, format: string): Reading | null {
  if (format.startsWith('epoch')) return null;
  if (format === 'iso')
    return /^\d{4}-\d{2}-\d{2}/.test(text.trim())
      ? (readingsOf(text).find(({ year }) => (year ?? 0) > 99) ?? null)
      : null;
  const found = new RegExp(`^${namedPattern(tokensOf(format))}$`, 'i').exec(text.trim())?.groups;
  if (!found) return null;
  const { year, yy, month, monthName, day, hour, hour12, half = '', minute = '0' } = found;
  const hours = hour12 === undefined ? numberOf(hour) : (Number(hour12) % 12) + (/^p/i.test(half) ? 12 : 0);
  return {
    year: numberOf(year ?? yy),
    month: monthName === undefined ? numberOf(month) : monthNumber(monthName),
    day: numberOf(day),
    minute: hours === null ? null : hours * 60 + Number(minute),
  };
}

const numberOf = (digits: string | undefined): number | null =>
  digits === undefined ? null : Number(digits);
