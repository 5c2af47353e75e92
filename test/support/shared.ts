/**
 * Real inputs that lie beside the repository (`../shared`), never in it. Without them the tests that want them are skipped,
 * with a message; in CI (CI=true) they fail instead.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const folder = resolve(import.meta.dirname, '../../../shared');

/** The path of a shared input. */
export const shared = (path: string): string => resolve(folder, path);

/** For `{ skip }` of a test: false when the input is there or must be, else why it is skipped. */
export function sharedSkip(path: string): string | false {
  if (existsSync(shared(path)) || process.env.CI === 'true') return false;
  return `../shared/${path} is not here`;
}
