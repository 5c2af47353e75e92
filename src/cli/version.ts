/** Which Pointferry this is, on which Node, with which schema. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageVersion } from '../ground/version.ts';

export interface Versions {
  readonly name: string;
  readonly version: string;
  readonly node: string;
  /** Number of the newest migration. */
  readonly schema: number;
}

const home = join(import.meta.dirname, '../..');

export function versions(): Versions {
  const newest = readdirSync(join(home, 'sql/migrations')).sort().at(-1) ?? '';
  return {
    name: 'pointferry',
    version: packageVersion(),
    node: process.version,
    schema: Number.parseInt(newest, 10),
  };
}

export const versionLine = ({ name, version, node, schema }: Versions): string =>
  `${name} ${version}, Node ${node.slice(1)}, schema ${schema}`;
