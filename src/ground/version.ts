/** Which Pointferry this is. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { record } from './json.ts';

export function packageVersion(): string {
  const file = join(import.meta.dirname, '../../package.json');
  return String(record(JSON.parse(readFileSync(file, 'utf8'))).version);
}
