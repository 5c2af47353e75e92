/** Samples: files with one trouble each, beside what a run over them must yield (data-samples/README.md). */
import { readdir, readFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { PointferryError } from '../ground/errors.ts';
import { isRecord } from '../ground/shape.ts';
import { type Bucket, buckets } from '../ledger/buckets.ts';
import { naturalCompare } from '../read/names.ts';

/** Figures by what they count; those unstated are 0. */
export type Figures = Readonly<Record<string, number>>;

export interface Yields {
  readonly exit: number;
  readonly file: { readonly verdict: string; readonly code: string | null };
  readonly rows: Readonly<Partial<Record<Bucket | 'read', number>>>;
  /** By currency: decimal text by bucket, and `unreadable`, a count. */
  readonly amount?: Readonly<Record<string, Readonly<Record<string, string | number>>>>;
  /** Rows by code. */
  readonly codes?: Figures;
  /** By state; only those stated are compared. */
  readonly operations?: Figures;
}

export interface Sample {
  /** The file's name without its ending. */
  readonly name: string;
  /** Absolute. */
  readonly file: string;
  readonly yields: Yields;
}

const ending = '.yields.json';

/** The samples of a pipeline, `clean` first, then in natural order; none where the folder has none. */
export async function samplesOf(folder: string): Promise<Sample[]> {
  const names = await readdir(folder).catch(() => []);
  const stated = names.filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length));
  const inOrder = stated.sort((a, b) => Number(isClean(b)) - Number(isClean(a)) || naturalCompare(a, b));
  return Promise.all(
    inOrder.map(async (name) => {
      const file = names.find((each) => each !== name + ending && parse(each).name === name);
      const about = join(folder, name + ending);
      if (file === undefined) throw invalid(about, 'there is no file of that name beside it');
      return { name, file: join(folder, file), yields: await yieldsOf(about) };
    }),
  );
}

export const isClean = (name: string): boolean => /^clean(?![a-z-])/.test(name);

/** A sample's name without the date that its file's name ends on. */
export const troubleOf = (name: string): string => name.replace(/_[\d-]+$/, '');

async function yieldsOf(file: string): Promise<Yields> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch {
    throw invalid(file, 'it is no JSON');
  }
  if (!isRecord(value)) throw invalid(file, 'it is no object');
  const { exit, file: verdict = { verdict: 'staged' }, rows, amount, codes, operations, ...rest } = value;
  const strange = Object.keys(rest)[0];
  if (strange !== undefined) throw invalid(file, `${strange} means nothing`);
  if (typeof exit !== 'number') throw invalid(file, 'exit is missing');
  if (!isRecord(verdict) || typeof verdict.verdict !== 'string') throw invalid(file, 'file has no verdict');
  const counted = figures(rows, file, 'rows');
  const unknown = Object.keys(counted).find(
    (name) => name !== 'read' && !buckets.some((one) => one === name),
  );
  if (unknown !== undefined) throw invalid(file, `rows: ${unknown} is no bucket`);
  return {
    exit,
    file: { verdict: verdict.verdict, code: typeof verdict.code === 'string' ? verdict.code : null },
    rows: counted,
    ...(amount === undefined ? {} : { amount: amounts(amount, file) }),
    ...(codes === undefined ? {} : { codes: figures(codes, file, 'codes') }),
    ...(operations === undefined ? {} : { operations: figures(operations, file, 'operations') }),
  };
}

function figures(value: unknown, file: string, what: string): Figures {
  if (!isRecord(value)) throw invalid(file, `${what} is no object`);
  const entries = Object.entries(value).map(([name, count]) => {
    if (typeof count !== 'number') throw invalid(file, `${what}: ${name} is no number`);
    return [name, count] as const;
  });
  return Object.fromEntries(entries);
}

function amounts(value: unknown, file: string): NonNullable<Yields['amount']> {
  if (!isRecord(value)) throw invalid(file, 'amount is no object');
  const entries = Object.entries(value).map(([currency, by]) => {
    if (!isRecord(by)) throw invalid(file, `amount: ${currency} is no object`);
    const named = Object.entries(by).map(([bucket, sum]) => {
      const fits = bucket === 'unreadable' ? typeof sum === 'number' : typeof sum === 'string';
      if (!fits || (typeof sum !== 'string' && typeof sum !== 'number'))
        throw invalid(file, `amount: ${bucket} of ${currency}: decimals are texts, unreadable is a number`);
      return [bucket, sum] as const;
    });
    return [currency, Object.fromEntries(named)] as const;
  });
  return Object.fromEntries(entries);
}

const invalid = (file: string, why: string): PointferryError =>
  new PointferryError('CONFIG_INVALID', why, {
    where: { file },
    hint: 'data-samples/README.md has the form',
  });
