/** Which Pointferry this is. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Versions {
  readonly name: string;
  readonly version: string;
  readonly node: string;
  /** Number of the newest migration. */
  readonly schema: number;
}

export function packageVersion(): string {
  const file = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8');
  return String((JSON.parse(file) as { version: unknown }).version);
}

/** Loads the migrations only when asked: starting costs time. */
export async function versions(): Promise<Versions> {
  const { schemaVersion } = await import('../db/migrate.ts');
  return { name: 'pointferry', version: packageVersion(), node: process.version, schema: schemaVersion() };
}

export const versionLine = ({ name, version, node, schema }: Versions): string =>
  `${name} ${version}, Node ${node.slice(1)}, schema ${schema}`;
