/**
 * From a sample of a file to a pipeline that a person finishes. What the file says is written down; what it cannot know
 * (account, zone, currency, ids of the platform, refunds, day and month) is a `TODO: …` that `check` refuses.
 */
import { basename, dirname, isAbsolute, relative } from 'node:path';
import type { Kind } from '../destinations/kind.ts';
import { neededColumns } from '../mapping/columns.ts';
import type { Pipeline } from '../pipeline/types.ts';
import { draftEvent } from './event.ts';
import { type Draft, type Facts, todo } from './facts.ts';
import { factsOf, usableOf } from './look.ts';
import { Call, printObject, textLiteral, wrapped } from './print.ts';
import { sampleOf } from './sample.ts';
import { draftState } from './state.ts';
import { wordsOf } from './words.ts';

export interface Guess extends Facts {
  /** All of the file was looked at. */
  readonly whole: boolean;
  /** A literal as JSON holds it. */
  readonly pipeline: Readonly<Record<string, unknown>>;
  /** The file's text. */
  readonly text: string;
}

export interface GuessOptions {
  readonly kind: Kind;
  readonly account: string | null;
  /** Where relative paths of a local source start. */
  readonly base: string;
  /** Bytes looked at. */
  readonly limit?: number;
}

/** Throws CONFIG_USAGE for a file that is not there, STAGE_NOT_CSV for one that is no text table. */
export async function guessPipeline(path: string, options: GuessOptions): Promise<Guess> {
  const sample = await sampleOf(path, options.limit);
  const all = await factsOf(sample);
  const facts = usableOf(all);
  const draft: Draft = { literal: {}, notes: new Map() };
  const name = slug(path);
  const { literal } = draft;
  literal.account = options.account ?? todo('the account, a file in accounts/');
  literal.operation = options.kind.name;
  const place = patternOf(path, options.base);
  literal.source = new Call(`local(${textLiteral(place)})`);
  if (Object.keys(facts.format).length > 0) literal.format = facts.format;
  const day = dateInName(basename(path));
  if (day !== null) literal.businessDate = { fileName: day };
  literal.numbers = {};
  if (options.kind.nature === 'event') draftEvent(draft, facts, options.kind, name);
  else draftState(draft, facts, options.kind);
  literal.numbers = numbersOf(facts, draft);
  if (Object.keys(literal.numbers as object).length === 0) delete literal.numbers;
  literal.thresholds = { intake: { warn: '1%', stop: '5%' } };
  const text = textOfFile(draft, facts, basename(path), sample.whole);
  const pipeline = {
    ...(JSON.parse(JSON.stringify(literal)) as object),
    source: { kind: 'local', path: place },
  };
  return { ...all, whole: sample.whole, pipeline, text };
}

/** Forms of numbers that are not plain, by column, of those that the draft reads. */
function numbersOf({ columns }: Facts, { literal, notes }: Draft): Record<string, unknown> {
  const numbers: Record<string, unknown> = {};
  const read = new Set(neededColumns(literal as unknown as Pipeline).map(({ name }) => name));
  for (const { name, type, number } of columns) {
    if (number === null || type === 'id' || !read.has(name) || Object.keys(number.form).length === 0)
      continue;
    numbers[name] = number.form;
    if (number.ambiguous)
      notes.set(
        `numbers.${name}`,
        `one and a bit, or a thousand and more? Every cell of "${name}" can be both: keep one of the two signs`,
      );
  }
  return numbers;
}

const dateShapes = [
  ['{yyyy-MM-dd}', /(?<!\d)(19|20)\d\d-[01]\d-[0-3]\d(?!\d)/],
  ['{yyyyMMdd}', /(?<!\d)(19|20)\d\d[01]\d[0-3]\d(?!\d{1,5}$)/],
  ['{yyyy_MM_dd}', /(?<!\d)(19|20)\d\d_[01]\d_[0-3]\d(?!\d)/],
] as const;

/** `transactions_20260511.csv` -> `transactions_{yyyyMMdd}` */
function dateInName(name: string): string | null {
  for (const [pattern, shape] of dateShapes) {
    const found = shape.exec(name);
    if (found !== null) return `${name.slice(0, found.index)}${pattern}`;
  }
  return null;
}

/** The path with its digits let go: next night's file is called a little otherwise. */
function patternOf(path: string, base: string): string {
  const near = relative(base, path);
  const shown = near.startsWith('..') || isAbsolute(near) ? path : near;
  const name = basename(path);
  const loose = name.replace(/\d[\d_-]*\d(?=\D|$)/g, '*').replace(/\*+/g, '*');
  const folder = dirname(shown);
  return folder === '.' ? loose : `${folder.replaceAll('\\', '/')}/${loose}`;
}

/** The word that identities begin with: from the file's name, else its folder's. */
function slug(path: string): string {
  const named = (text: string): string =>
    wordsOf(text.replace(/\.[^.]*$/, '').replace(/[\d]+/g, ' ')).join('-');
  return named(basename(path)) || named(basename(dirname(path))) || 'events';
}

function textOfFile(draft: Draft, facts: Facts, name: string, whole: boolean): string {
  const looked = `${whole ? 'all' : 'the first'} ${facts.rows.toLocaleString('en')} rows of ${name}`;
  const head = [
    `Guessed from ${looked}: read it through. Whatever begins with TODO only a person knows; pointferry check refuses it until it is settled.`,
    ...facts.remarks,
  ];
  const comment = head.flatMap((line) => wrapped(line, '')).join('\n');
  return `${comment}\nimport { definePipeline, local } from 'pointferry';\n\nexport default definePipeline(${printObject(draft.literal, draft.notes)});\n`;
}
