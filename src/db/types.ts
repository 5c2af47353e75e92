import pg from 'pg';

const { builtins } = pg.types;

/** int8 as a JS number: all ours are counts and ids; beyond 2^53 it would be rounded in silence, so it throws. */
function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('an int8 beyond the safe integers of JavaScript');
  return value;
}

const asText = (text: string): string => text;
/** text[]: a built-in that the list of names leaves out. */
const textArrayOid: number = 1009;
const textArray: (text: string) => (string | null)[] = pg.types.getTypeParser(textArrayOid, 'text');

const parseTimestamptz: (text: string) => Date | number | null = pg.types.getTypeParser(
  builtins.TIMESTAMPTZ,
  'text',
);
/** `infinity` is the last instant that a Date can hold, so that it compares like any other. */
function instant(text: string): Date {
  if (text === 'infinity') return new Date(8.64e15);
  if (text === '-infinity') return new Date(-8.64e15);
  return new Date(parseTimestamptz(text) ?? Number.NaN);
}

/** oid -> parser, where we differ from `pg`: nothing exact ever becomes a float, and no date moves with the zone. */
const parsers: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [builtins.INT8, safeInteger],
  [1016, (text) => textArray(text).map((item) => (item === null ? null : safeInteger(item)))], // int8[]
  [builtins.NUMERIC, asText],
  [1231, textArray], // numeric[]: pg would make floats of it
  [builtins.DATE, asText],
  [1182, textArray], // date[]
  [builtins.TIMESTAMPTZ, instant],
  [1185, (text) => textArray(text).map((item) => (item === null ? null : instant(item)))], // timestamptz[]
  [builtins.TIMESTAMP, asText],
  [1115, textArray], // timestamp[]
  [builtins.INTERVAL, asText],
  [1187, textArray], // interval[]
]);

/**
 * How cells come back: int8 -> number (throws beyond 2^53), numeric, date, timestamp, interval -> text as Postgres
 * writes it, timestamptz -> Date (milliseconds: order and compare in SQL, or ask for `::text`; infinity is the last
 * instant a Date can hold), arrays of these alike, the rest as in `pg`.
 */
export const typeParsers: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    (format !== 'binary' ? parsers.get(oid) : undefined) ??
    pg.types.getTypeParser(oid, format ?? 'text')) as typeof pg.types.getTypeParser,
};
