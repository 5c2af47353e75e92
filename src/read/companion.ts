/** Companions: a marker, a checksum or a manifest, written when the file beside it is whole. */

import type { ReadyRules } from '../pipeline/source.ts';
import { fill } from './after.ts';
import { type Candidate, folderOf, type Source, within } from './source.ts';

/** What a companion states about its file. */
export interface Facts {
  readonly size?: number;
  readonly sha256?: string;
  readonly md5?: string;
}

export type Companion =
  | { readonly found: true; readonly path: string; readonly own: boolean; readonly facts: Facts }
  | { readonly found: false; readonly why: string };

const maxSize = 1024 * 1024;
/** Clocks and file systems round: a marker may look this much older than its file. */
const slackMs = 2_000;

/** Looks for the companion of a file, and reads it. */
export async function findCompanion(
  source: Source,
  candidate: Candidate,
  template: string,
  holds: NonNullable<ReadyRules['holds']>,
): Promise<Companion> {
  const name = fill(template, candidate.name);
  const own = name !== template;
  const path = within(folderOf(candidate.path), name);
  const look = await source.look(path);
  if (look === null) return { found: false, why: `no ${name} beside it` };
  if (own && look.mtime.getTime() < candidate.mtime.getTime() - slackMs)
    return { found: false, why: `${name} is older than the file itself` };
  if (look.size > maxSize) return { found: false, why: `${name} is larger than 1 MB` };
  const text = (await source.small(path, maxSize))?.toString('utf8') ?? '';
  const { named, ...facts } = readCompanion(text, candidate.name, holds.includes('size'));
  if (!own && !named) return { found: false, why: `${name} does not name it` };
  const missing = required(name, holds).find((key) => facts[key] === undefined);
  if (missing !== undefined) return { found: false, why: `${name} holds no ${missing}` };
  return { found: true, path, own, facts };
}

function required(name: string, holds: NonNullable<ReadyRules['holds']>): readonly (keyof Facts)[] {
  if (holds.length > 0) return holds;
  if (/\.sha256(sums?)?$/i.test(name)) return ['sha256'];
  return /\.md5(sums?)?$/i.test(name) ? ['md5'] : [];
}

/**
 * Reads sha256sum, md5sum and BSD lines, bare hashes, and manifests of one line per file with any usual separator. A hash is
 * recognized by its length. A number is read as a size only if the rules state that there is one.
 */
export function readCompanion(text: string, name: string, withSize: boolean): Facts & { named: boolean } {
  const lines = text
    .split(/\r?\n/)
    .map(words)
    .filter((line) => line.length > 0);
  const naming = lines.filter((line) => line.some((word) => word === name || word.endsWith(`/${name}`)));
  const relevant = (naming.length === 0 && lines.length === 1 ? lines : naming).flat();
  const hash = (digits: number): string | undefined =>
    relevant.find((word) => word.length === digits && /^[0-9a-f]+$/i.test(word))?.toLowerCase();
  const size = withSize ? relevant.find((word) => /^\d{1,15}$/.test(word)) : undefined;
  const sha256 = hash(64);
  const md5 = hash(32);
  return {
    named: naming.length > 0,
    ...(size === undefined ? {} : { size: Number(size) }),
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(md5 === undefined ? {} : { md5 }),
  };
}

function words(line: string): string[] {
  return line.split(/[\s,;|*()="']+/).filter((word) => word !== '');
}
