/**
 * Finds platforms and kinds by listing this folder: a folder with a `platform.ts` is a platform, and every other file
 * in it whose default export is a kind is one. A new kind is a new file, and edits none.
 */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isRecord } from '../ground/shape.ts';
import type { Kind, Platform } from './kind.ts';

const here = import.meta.dirname;

/** Kinds by name, e.g. `hang.activity`, in the order of their names. */
export async function loadKinds(): Promise<Map<string, Kind>> {
  const kinds = new Map<string, Kind>();
  for (const platform of await platformFolders()) {
    for (const file of await modulesIn(platform)) {
      const found = await defaultExport(platform, file);
      if (!isKind(found)) continue;
      const expected = `${platform}.${file.replace(/\.ts$/, '')}`;
      if (found.name !== expected) throw new TypeError(`${platform}/${file} calls its kind ${found.name}`);
      kinds.set(found.name, found);
    }
  }
  return kinds;
}

/** Platforms by name. */
export async function loadPlatforms(): Promise<Map<string, Platform>> {
  const platforms = new Map<string, Platform>();
  for (const folder of await platformFolders()) {
    const found = await defaultExport(folder, 'platform.ts');
    if (!isPlatform(found) || found.name !== folder)
      throw new TypeError(`${folder}/platform.ts is no platform`);
    platforms.set(found.name, found);
  }
  return platforms;
}

async function platformFolders(): Promise<readonly string[]> {
  const entries = await readdir(here, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

async function modulesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(join(here, folder));
  return names.filter((name) => name.endsWith('.ts') && name !== 'platform.ts').sort();
}

async function defaultExport(folder: string, file: string): Promise<unknown> {
  const loaded: { readonly default?: unknown } = await import(pathToFileURL(join(here, folder, file)).href);
  return loaded.default;
}

function isKind(value: unknown): value is Kind {
  return isRecord(value) && typeof value.build === 'function' && typeof value.classify === 'function';
}

function isPlatform(value: unknown): value is Platform {
  return isRecord(value) && typeof value.name === 'string' && isRecord(value.secrets);
}
