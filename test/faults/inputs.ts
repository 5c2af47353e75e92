/**
 * What the importer is fed, and what must become of it: both from one seed, and neither by the importer's code.
 *
 * Three pipelines on one account, over the same members: `tills` (activities of several lines, with a damaged record,
 * a bad number, refunds), `web` (flat activities, with a row that stands twice), `people` (member changes, some of
 * them A, B, A). All three hold rows of members that the crosswalk does not know yet.
 */
import { below, random } from '../support/random.ts';

export const pipelines = ['tills', 'web', 'people'] as const;
export type PipelineName = (typeof pipelines)[number];

export interface Activity {
  readonly pipeline: PipelineName;
  readonly member: string;
  /** No two activities have the same, so that it says in the journal which one it is. */
  readonly value: string;
  readonly seconds: number;
  /** Values of its lines, in order. */
  readonly lines: readonly string[];
  /** Waits for its member. */
  readonly late: boolean;
}

/** One state of a member, oldest first per member. */
export interface Version {
  readonly member: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly late: boolean;
}

export const buckets = ['delivered', 'unchanged', 'duplicate', 'filtered', 'rejected', 'parked'] as const;
export type Bucket = (typeof buckets)[number];
export interface Cell {
  readonly rows: number;
  readonly cents: number;
}
/** Rows and their amount by bucket, at the end; nothing else may hold any. */
export type Books = Readonly<Record<Bucket, Cell>>;

export interface InputFile {
  readonly pipeline: PipelineName;
  readonly name: string;
  readonly text: string;
  readonly records: number;
}

export interface Inputs {
  readonly seed: number;
  readonly files: readonly InputFile[];
  readonly activities: readonly Activity[];
  readonly versions: readonly Version[];
  /** Export's key, platform's id. */
  readonly crosswalk: readonly (readonly [string, string])[];
  /** Those that come later. */
  readonly lateCrosswalk: readonly (readonly [string, string])[];
  readonly books: Readonly<Record<PipelineName, Books>>;
  /** Of the run that finishes the pipeline's files. */
  readonly exitCode: Readonly<Record<PipelineName, number>>;
}

export interface Size {
  readonly members: number;
  /** Activities of each of the two pipelines, and changes of members. */
  readonly each: number;
}

const keyOf = (member: number): string => `C-${1000 + member}`;
const idOf = (member: number): string => `m${1000 + member}`;
const text = (cents: number): string => (cents / 100).toFixed(2);
const noon = Date.UTC(2026, 4, 12, 12) / 1000;

/** A tally of rows and cents per bucket. */
function tally() {
  const cells = Object.fromEntries(buckets.map((name) => [name, { rows: 0, cents: 0 }])) as Record<
    Bucket,
    { rows: number; cents: number }
  >;
  return {
    cells,
    add(bucket: Bucket, cents: number, rows = 1): void {
      cells[bucket].rows += rows;
      cells[bucket].cents += cents;
    },
  };
}

export function makeInputs(seed: number, size: Size): Inputs {
  const next = random(seed);
  const lateMember = size.members; // one member more than the crosswalk knows
  const known = Array.from({ length: size.members }, (_none, i) => [keyOf(i), idOf(i)] as const);
  const parts = [tills(next, size, lateMember), web(next, size, lateMember), people(next, size, lateMember)];
  const [first, second, third] = parts;
  if (!first || !second || !third) throw new Error('three pipelines');
  return {
    seed,
    files: parts.flatMap((part) => part.files),
    activities: parts.flatMap((part) => part.activities),
    versions: parts.flatMap((part) => part.versions),
    crosswalk: known,
    lateCrosswalk: [[keyOf(lateMember), idOf(lateMember)]],
    books: { tills: first.books, web: second.books, people: third.books },
    exitCode: { tills: 1, web: 0, people: 0 },
  };
}

interface Part {
  readonly files: readonly InputFile[];
  readonly activities: readonly Activity[];
  readonly versions: readonly Version[];
  readonly books: Books;
}

/** Groups of one to three lines. The damaged record takes the groups beside it along: where they end is not certain. */
function tills(next: () => number, size: Size, lateMember: number): Part {
  const lines: string[] = ['transaction_id|member_id|type|occurred_at|sku|line_amount'];
  const books = tally();
  const activities: Activity[] = [];
  let group = 0;
  const write = (member: number, kind: string, cents: readonly number[], broken = -1): void => {
    const at = new Date((noon + group * 60) * 1000).toISOString().slice(0, 16).replace('T', ' ');
    cents.forEach((each, i) => {
      const amount = i === broken ? 'abc' : text(each);
      lines.push(`T-${group}|${keyOf(member)}|${kind}|${at}|S${i}|${amount}`);
    });
    group += 1;
  };
  /** The cents of a group: its sum tells it from all others. */
  const split = (): number[] => {
    const total = 10_000 + group * 7;
    const count = 1 + below(next, 3);
    const parts = Array.from({ length: count - 1 }, () => 100 + below(next, 900));
    return [...parts, total - parts.reduce((sum, each) => sum + each, 0)];
  };
  const good = (member: number, bucket: Bucket): void => {
    const cents = split();
    const total = cents.reduce((sum, each) => sum + each, 0);
    books.add(bucket, total, cents.length);
    if (bucket !== 'rejected') {
      activities.push({
        pipeline: 'tills',
        member: idOf(member),
        value: text(total),
        seconds: noon + group * 60,
        lines: cents.map(text),
        late: bucket === 'parked',
      });
    }
    write(member, 'purchase', cents);
  };
  const half = Math.ceil(size.each / 2);
  for (let i = 0; i < half; i++) good(below(next, size.members), 'delivered');
  good(0, 'rejected'); // beside the damaged record
  lines.push('T-broken|C-1000|purchase');
  books.add('rejected', 0);
  good(1 % size.members, 'rejected');
  write(0, 'refund', [-500, -700]);
  books.add('filtered', -1200, 2);
  write(0, 'purchase', [450, 0, 250], 1); // one bad number costs the whole group
  books.add('rejected', 700, 3);
  good(lateMember, 'parked');
  for (let i = half; i < size.each; i++) good(below(next, size.members), 'delivered');
  const file = fileOf('tills', 'tills_20260512.csv', lines);
  return { files: [file], activities, versions: [], books: books.cells };
}

function web(next: () => number, size: Size, lateMember: number): Part {
  const lines: string[] = ['order_id,customer,kind,total,created'];
  const books = tally();
  const activities: Activity[] = [];
  const write = (i: number, member: number, kind: string, cents: number): void => {
    lines.push(`W-${i},${keyOf(member)},${kind},${text(cents)},${new Date((noon + i) * 1000).toISOString()}`);
  };
  for (let i = 0; i < size.each; i++) {
    const late = i === 1;
    const member = late ? lateMember : below(next, size.members);
    const cents = 500_003 + i * 11;
    write(i, member, 'order', cents);
    books.add(late ? 'parked' : 'delivered', cents);
    const value = text(cents);
    activities.push({ pipeline: 'web', member: idOf(member), value, seconds: noon + i, lines: [], late });
    if (i !== 2) continue;
    write(i, member, 'order', cents); // the same row once more
    books.add('duplicate', cents);
    write(900, member, 'test', 100);
    books.add('filtered', 100);
  }
  const file = fileOf('web', 'web_20260512.csv', lines);
  return { files: [file], activities, versions: [], books: books.cells };
}

/** Two files; each third member goes A, B, A, and one change says what the one before it said. */
function people(next: () => number, size: Size, lateMember: number): Part {
  const header = 'member_key,first,last,email,changed';
  const evening: string[] = [header];
  const morning: string[] = [header];
  const books = tally();
  const versions: Version[] = [];
  const write = (to: string[], member: number, first: string, at: number, late = false): void => {
    const fields = {
      first_name: first,
      last_name: `Canary${member}`,
      email: `canary-person-${member}-${first.toLowerCase()}@example.com`,
    };
    const changed = new Date((noon + at) * 1000).toISOString();
    to.push(`${keyOf(member)},${fields.first_name},${fields.last_name},${fields.email},${changed}`);
    versions.push({ member: idOf(member), fields, late });
    books.add(late ? 'parked' : 'delivered', 0);
  };
  const changes = Math.max(3, size.each);
  for (let i = 0; i < changes; i++) {
    const member = Math.floor(i / 3) % size.members;
    const turn = i % 3;
    const aba = Math.floor(i / 3) % 3 === 0 && i < 3 * size.members;
    const name = aba ? (turn === 1 ? 'Bea' : 'Ann') : `N${i}x${below(next, 1000)}`;
    write(turn === 2 ? morning : evening, member, name, i * 10);
  }
  write(evening, lateMember, 'Late', 5, true);
  // the newest change of member 0 once more, at a later time: nothing to send
  const last = versions.findLast((version) => version.member === idOf(0));
  if (last) {
    const { first_name, last_name, email } = last.fields;
    const changed = new Date((noon + changes * 10 + 60) * 1000).toISOString();
    morning.push(`${keyOf(0)},${first_name},${last_name},${email},${changed}`);
    books.add('unchanged', 0);
  }
  const files = [
    fileOf('people', 'people_20260511.csv', evening),
    fileOf('people', 'people_20260512.csv', morning),
  ];
  return { files, activities: [], versions, books: books.cells };
}

const fileOf = (pipeline: PipelineName, name: string, lines: readonly string[]): InputFile => ({
  pipeline,
  name,
  text: `${lines.join('\n')}\n`,
  records: lines.length - 1,
});
