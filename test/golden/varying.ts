/** What differs from run to run, machine to machine and day to day is replaced before a screen is compared. */
import { withClient } from '../../src/db/pool.ts';
import type { World } from '../world/world.ts';

export type Replace = (text: string) => string;

/** Run and file ids by the order in which the ledger made them, folder and database of this world, then what any world has. */
export async function replacerOf(world: World): Promise<Replace> {
  const ids = (table: string, order: string): Promise<string[]> =>
    withClient(world.database.db, async (client) => {
      const { rows } = await client.query<{ id: string }>(
        `select id::text from pointferry.${table} order by ${order}`,
      );
      return rows.map(({ id }) => id);
    });
  const runs = await ids('run', 'seq');
  const files = await ids('file', 'id');
  const number = (place: number): string => String(place + 1).padStart(2, '0');
  const known: [string | RegExp, string][] = [
    [world.folder, 'WORLD'],
    [world.database.name, 'DATABASE'],
    ...runs.map((id, place): [string, string] => [id, `RUN-${number(place)}`]),
    // a row id is file and record; as long as the three digits that `firstFile` sees to
    ...files.map((id, place): [RegExp, string] => [
      new RegExp(`(?<![\\w-])${id}-(?=\\d+(?![\\w-]))`, 'g'),
      `F${number(place)}-`,
    ]),
  ];
  return (text) => replaceAny(known.reduce((now, [from, to]) => now.replaceAll(from, to), text));
}

const weekday = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const day = String.raw`(20\d\d-\d\d-\d\d)`;
const time = String.raw`\d\d:\d\d(?::\d\d(?:\.\d+)?)?`;

/** The world's own days are all in 2024: a day near today is when the test ran. */
function isNear(date: string): boolean {
  const days = (Date.parse(date) - Date.now()) / 86_400_000;
  return days > -3 && days < 400;
}

const near =
  (to: string) =>
  (match: string, date: string): string =>
    isNear(date) ? to : match;

/** In this order: what is longer first. */
const rules: readonly (readonly [RegExp, string | ((match: string, ...parts: string[]) => string)])[] = [
  [new RegExp(`${weekday} ${day} ${time}-(?:${weekday} [\\d-]+ )?${time}`, 'g'), near('DAY DATE TIME-TIME')],
  [
    new RegExp(`${weekday} ${day} ${time} GMT\\+9 \\(${time} UTC\\)`, 'g'),
    near('DAY DATE TIME GMT+9 (TIME UTC)'),
  ],
  [new RegExp(`(?:${weekday} )?${day}[T ]${time}Z?`, 'g'), near('INSTANT')],
  [new RegExp(day, 'g'), near('DATE')],
  [new RegExp(`(ends|deadline) ${weekday} `, 'g'), '$1 DAY '],
  [new RegExp(`(next run) (?:${weekday} )?(\\d\\d:\\d\\d)`, 'g'), '$1 $2'],
  [/^\d\d:\d\d:\d\d (?=\w+: )/gm, 'TIME '],
  [/\d{8}T\d{6}Z/g, 'START'],
  [/\d+ \w+( \d+)?( \w+)? to spare/g, 'SPARE to spare'],
  [/limit used \d+ %/g, 'limit used N %'],
  [/[\d,]+ ms an answer/g, 'N ms an answer'],
  [/(takes +)\d+ s /g, '$1N s '],
  [/("latencyMs": )\d+/g, '$1"N"'],
  [/("estimate": \{\s+"ms": )[\d.]+/g, '$1"N"'],
  [/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT'],
  [/\b\d+ MB\b/g, 'N MB'],
  [/schema \d+/g, 'schema N'],
  [/("(?:bytes|schema)": )\d+(?!\d*,\s+"records")/g, '$1"N"'],
  [/("bytes": "N",\s+"sha256": )"[0-9a-f]{64}"/g, '$1"HASH"'],
  [/, on [^,<>]+, started by/g, ', on HOST, started by'],
  // of doctor
  [/^ok {2}node( +)v[\d.]+$/m, 'ok  node$1vN'],
  [/^.{4}(work folder|temporary files)( +.*: )\d+ GB free(\n +do: make room)?$/gm, 'ok  $1$2N GB free'],
  [/PostgreSQL \d\S*/g, 'PostgreSQL N'],
  [
    /^.{4}clock( +)-?\d+ ms apart from this machine(\n +do: .*)?$/m,
    'ok  clock$1N ms apart from this machine',
  ],
  [/^.{4}(connections +)\d+ of \d+(\n +do: .*)?$/m, 'ok  $1N of N'],
];

/** Ids that are drawn at random, numbered by their first appearance in the text. */
function numbered(text: string, pattern: RegExp, name: string): string {
  const seen: string[] = [];
  return text.replace(pattern, (match) => {
    if (!seen.includes(match)) seen.push(match);
    return `${name}-${seen.indexOf(match) + 1}`;
  });
}

function replaceAny(text: string): string {
  const plain = rules.reduce((now, [from, to]) => now.replace(from, to as string), text);
  return numbered(plain, /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, 'UUID');
}
