/** The crosswalk: which member of a platform a key of a partner names. */
import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { loadKinds } from '../destinations/index.ts';
import { PointferryError } from '../ground/errors.ts';
import { exit } from '../ground/exit.ts';
import { crosswalkType, subjectField } from '../mapping/fields.ts';
import { isTooLong } from '../mapping/keys.ts';
import { type Imported, importMembers, type KeyRule, type MemberKey } from '../normalize/members.ts';
import { loadAll } from '../pipeline/load.ts';
import type { Reading } from '../pipeline/mapping.ts';
import type { App } from './app.ts';

export { mostKeyBytes } from '../mapping/keys.ts';

/**
 * Adds the keys of a CSV file (columns key, member_id and key_type, which is `id` by default) to the crosswalk of an
 * account. A key that names another member there is a conflict, and left alone.
 */
export async function importCrosswalk(app: App, account: string, file: string): Promise<Imported> {
  if (isTooLong(account))
    throw new PointferryError('CONFIG_USAGE', 'members import: no account has so long a name');
  const rules = await rulesOf(app.pipelines, account);
  return importMembers(await app.db(), account, keysOf(file), rules, app.actor);
}

/** How the account's pipelines read their members' keys. */
async function rulesOf(folder: string, account: string): Promise<KeyRule[]> {
  const [{ pipelines }, kinds] = await Promise.all([loadAll(folder), loadKinds()]);
  return pipelines.flatMap(({ pipeline }) => {
    const kind = kinds.get(pipeline.operation);
    if (!kind || pipeline.account !== account) return [];
    const field = subjectField(pipeline, kind);
    const keyType = crosswalkType(field);
    return field && keyType !== null ? [{ keyType, reading: field.mapping as Reading }] : [];
  });
}

/** Columns key_type (default `id`), key, member_id; a line is a record here, since keys hold no line ends. */
async function* keysOf(file: string): AsyncGenerator<MemberKey> {
  const records = createReadStream(file).pipe(
    parse({ bom: true, relax_column_count: false, skip_empty_lines: true, info: true }),
  );
  let places: { keyType: number; key: number; memberId: number } | undefined;
  try {
    for await (const { record, info } of records as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      if (!places) {
        places = placesOf(
          record.map((name) => name.trim().toLowerCase()),
          file,
        );
        continue;
      }
      yield {
        keyType: places.keyType < 0 ? 'id' : record[places.keyType]?.trim() || 'id',
        key: record[places.key] ?? '',
        memberId: record[places.memberId] ?? '',
        line: info.lines,
      };
    }
  } catch (error) {
    if (error instanceof PointferryError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    const reason =
      code === 'ENOENT'
        ? 'is not there'
        : code?.startsWith('CSV_')
          ? `is no clean CSV (${code})`
          : 'cannot be read';
    throw new PointferryError('CONFIG_USAGE', `${file} ${reason}`, {
      exitCode: code === 'ENOENT' ? exit.noInput : exit.usage,
    });
  }
}

function placesOf(
  header: readonly string[],
  file: string,
): { keyType: number; key: number; memberId: number } {
  const [keyType, key, memberId] = ['key_type', 'key', 'member_id'].map((name) => header.indexOf(name));
  if (key === undefined || memberId === undefined || keyType === undefined || key < 0 || memberId < 0) {
    throw new PointferryError(
      'CONFIG_USAGE',
      `${file}: expected the columns key and member_id (and key_type, default id)`,
    );
  }
  return { keyType, key, memberId };
}
