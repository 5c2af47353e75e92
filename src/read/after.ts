/** The names that an after action gives. */
import type { After } from '../pipeline/source.ts';
import { folderOf, within } from './source.ts';

/** The folder that a file of `folder` ends up in. */
export function archiveFolder(after: After, folder: string): string {
  if (typeof after !== 'object' || !('move' in after)) return folder;
  const target = after.move.replace(/\/+$/, '').replace(/^\.\//, '');
  return target.startsWith('/') ? target : within(folder, target);
}

/** The path that a file ends up under. */
export function archivePath(after: After, path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const renamed = typeof after === 'object' && 'rename' in after ? fill(after.rename, name) : name;
  return within(archiveFolder(after, folderOf(path)), renamed);
}

/** A name made from another: `{name}` is the whole name, `{stem}` the part before its last dot. */
export function fill(template: string, name: string): string {
  const dot = name.lastIndexOf('.');
  return template.replaceAll('{name}', name).replaceAll('{stem}', dot > 0 ? name.slice(0, dot) : name);
}
