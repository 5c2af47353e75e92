import type { Client } from '../../db/pool.ts';
import { runOne } from '../../db/sql.ts';
import { list, record } from '../../ground/json.ts';
import { packageVersion } from '../../ground/version.ts';
import type { Run } from '../../ledger/run.ts';

export interface About {
  /** Of Pointferry. */
  readonly version: string;
  readonly schema: number;
  readonly host: string | null;
  readonly beforeRun: string | null;
  /** Paths of the definition that are not as in the run before. */
  readonly changes: readonly string[];
  /** Members (or programs) that something was sent for. */
  readonly subjects: number;
  readonly reruns: readonly { readonly id: string; readonly status: string; readonly at: string }[];
}

export async function aboutRun(client: Client, run: Run): Promise<About> {
  const { schema, before, beforeRun, subjects, reruns, host } = await runOne(client, 'report/about', {
    run: run.id,
  });
  return {
    version: packageVersion(),
    schema,
    host,
    beforeRun,
    changes: beforeRun === null ? [] : changesBetween(record(before), run.definition),
    subjects,
    reruns: list(reruns).map((one) => {
      const { id, status, at } = record(one);
      return { id: String(id), status: String(status), at: String(at) };
    }),
  };
}

const mostChanges = 30;

/** `columns.value.sum: "a" -> "b"`, one per leaf that is not the same. */
export function changesBetween(before: unknown, after: unknown): string[] {
  const [old, now] = [leaves(before), leaves(after)];
  const paths = [...new Set([...old.keys(), ...now.keys()])]
    .filter((place) => old.get(place) !== now.get(place))
    .sort();
  const said = paths.map(
    (place) => `${place}: ${old.get(place) ?? 'not there'} -> ${now.get(place) ?? 'not there'}`,
  );
  return said.length > mostChanges
    ? [...said.slice(0, mostChanges), `and ${said.length - mostChanges} more`]
    : said;
}

function leaves(value: unknown, place = ''): Map<string, string> {
  const found = new Map<string, string>();
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) {
    found.set(place, JSON.stringify(value) ?? '');
    return found;
  }
  for (const [key, inner] of Object.entries(value)) {
    for (const [at, leaf] of leaves(inner, place === '' ? key : `${place}.${key}`)) found.set(at, leaf);
  }
  return found;
}
