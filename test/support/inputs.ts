/** Real inputs: files of others, never copied into the repository. test/README.md says which, and how to get them. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** Where they may be, first to last. `npm run test:inputs` fills the second. */
const folders = [
  ...(process.env.POINTFERRY_INPUTS ? [resolve(process.env.POINTFERRY_INPUTS)] : []),
  resolve(import.meta.dirname, '../inputs'),
  resolve(import.meta.dirname, '../../../shared/data'),
];

/** Nobody publishes this list as a file, so CI cannot demand it. */
const unpublished = 'phones-valid.csv';

const find = (name: string): string | undefined =>
  folders.map((folder) => resolve(folder, name)).find((path) => existsSync(path));

const missing = (name: string): string =>
  name === unpublished
    ? `the real input ${name} is not here, and cannot be fetched (test/README.md)`
    : `the real input ${name} is not here: npm run test:inputs fetches it (test/README.md)`;

/** The path of an input. Throws if it is nowhere, saying what to do. */
export function input(name: string): string {
  const path = find(name);
  if (path === undefined) throw new Error(missing(name));
  return path;
}

/** For `{ skip }` of a test: false if the input is here, or if CI=true demands it; else why the test is skipped. */
export function inputSkip(name: string): string | false {
  if (find(name) !== undefined) return false;
  return process.env.CI === 'true' && name !== unpublished ? false : missing(name);
}
