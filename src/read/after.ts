/** Where a taken file goes. Only names are made here; the sources carry it out. */
import type { After } from '../pipeline/source.ts';
import { within } from './source.ts';

/** The folder that a file of `folder` ends up in. */
export function archiveFolder(after: After, folder: string): string {
  if (typeof after !== 'object' || !('move' in after)) return folder;
  const target = after.move.replace(/\/+$/, '').replace(/^\.\//, '');
  return target.startsWith('/') ? target : within(folder, target);
}

/** The name that it gets there. */
export function archiveName(after: After, name: string): string {
  return typeof after === 'object' && 'rename' in after ? fill(after.rename, name) : name;
}

/** A name built on another: `{name}` is all of it, `{stem}` what stands before the last dot. */
export function fill(template: string, name: string): string {
  const dot = name.lastIndexOf('.');
  return template.replaceAll('{name}', name).replaceAll('{stem}', dot > 0 ? name.slice(0, dot) : name);
}
