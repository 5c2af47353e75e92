/** Walks folders by a pattern, the same for a disk and a server. */
import { posix } from 'node:path';
import { PointferryError } from '../ground/errors.ts';
import type { CommonSource } from '../pipeline/source.ts';
import { archiveFolder } from './after.ts';
import { defaults } from './defaults.ts';
import { nameFault, printable } from './names.ts';
import { type Candidate, folderOf, type Listing, type Trap, within } from './source.ts';

/** One name in a folder; a link is not followed. */
export interface Entry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  /** Called only for files that match. */
  look(): Promise<{ size: number; mtime: Date } | null>;
}

/** The entries of a folder; none if there is no such folder. */
export type ReadFolder = (path: string) => AsyncIterable<Entry>;

const maxDepth = 16;
const maxTraps = 100;

/**
 * Lists what a source's pattern matches: regular files as candidates; links, pipes, devices and names that are refused
 * as traps (at most 100). Folders are walked, never followed through links, and the folder that files are moved to is not
 * entered. Names with a leading dot need a pattern with one. Throws READ_LISTING_TOO_LONG when more than `maxListed` names
 * would have to be looked at.
 */
export async function listFiles(source: CommonSource, readFolder: ReadFolder): Promise<Listing> {
  const pattern = source.path;
  const maxListed = source.maxListed ?? defaults.maxListed;
  const ignored = source.ready?.ignore ?? defaults.ignore;
  const isArchive = (folder: string): boolean =>
    archiveFolder(source.after ?? 'leave', folderOf(folder)) === folder;
  const candidates: Candidate[] = [];
  const traps: Trap[] = [];
  let seen = 0;
  const trap = (folder: string, name: string, code: Trap['code'], message: string): void => {
    const shown = printable(name);
    if (traps.length < maxTraps)
      traps.push({ name: shown, path: within(printable(folder), shown), code, message });
  };

  const enter = async (folder: string, parts: readonly string[], depth: number): Promise<void> => {
    if (!isArchive(folder)) await visit(folder, parts, depth);
  };
  const visit = async (folder: string, parts: readonly string[], depth: number): Promise<void> => {
    const [part = '', ...rest] = parts;
    if (depth > maxDepth) return;
    if (rest.length > 0 && !isPattern(part)) return visit(within(folder, part), rest, depth);
    if (part === '**') await visit(folder, rest, depth);
    for await (const entry of readFolder(folder)) {
      seen += 1;
      if (seen > maxListed) throw tooLong(folder, maxListed);
      const { name } = entry;
      const fault = nameFault(name);
      if (fault !== null) {
        if (rest.length === 0 && part !== '**' && couldMatch(name, part))
          trap(folder, name, 'READ_NAME_REFUSED', `${printable(name)}: ${fault}`);
      } else if (part === '**') {
        if (entry.kind === 'folder' && !name.startsWith('.'))
          await enter(within(folder, name), parts, depth + 1);
      } else if (!posix.matchesGlob(name, part)) {
      } else if (rest.length > 0) {
        if (entry.kind === 'folder') await enter(within(folder, name), rest, depth + 1);
      } else if (entry.kind === 'file') {
        if (ignored.some((end) => name.endsWith(end))) continue;
        const look = await entry.look();
        if (look !== null) candidates.push({ name, path: within(folder, name), ...look });
      } else if (entry.kind !== 'folder') {
        const what = entry.kind === 'link' ? 'a link' : 'a pipe or a device';
        trap(folder, name, 'READ_NOT_REGULAR', `${printable(name)} is ${what}, not a regular file`);
      }
    }
  };

  const absolute = pattern.startsWith('/');
  const parts = pattern.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.at(-1) === '**') parts.push('*');
  await visit(absolute ? '/' : '.', parts, 0);
  return { candidates: distinct(candidates), traps };
}

/** False for a part that is a plain name. */
function isPattern(part: string): boolean {
  return /[*?[\]{}!()]/.test(part);
}

/** A hostile name is reported only where it would have been a candidate in a harmless spelling. */
function couldMatch(name: string, part: string): boolean {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  const tame = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f/\\]/g, '_');
  return [tame(name), tame(last), tame(name).replace(/^[-.]+/, '')].some(
    (text) => text !== '' && posix.matchesGlob(text, part),
  );
}

/** `**` reaches the same folder by more than one way. */
function distinct(candidates: readonly Candidate[]): Candidate[] {
  return [...new Map(candidates.map((candidate) => [candidate.path, candidate])).values()];
}

function tooLong(folder: string, limit: number): PointferryError {
  return new PointferryError(
    'READ_LISTING_TOO_LONG',
    `more than ${limit.toLocaleString('en')} names to look at, last in ${printable(folder)}`,
  );
}
