import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { withDatabase } from '../../app/app.ts';
import { loadKinds } from '../../destinations/index.ts';
import { exit, PointferryError } from '../../ground/errors.ts';
import { crosswalkType, subjectField } from '../../mapping/fields.ts';
import { isTooLong, mostKeyBytes } from '../../mapping/indexed.ts';
import { importMembers, type KeyRule, type MemberKey } from '../../normalize/members.ts';
import { loadAll } from '../../pipeline/load.ts';
import type { Reading } from '../../pipeline/mapping.ts';
import { verb } from '../command.ts';
import { required, text } from '../options.ts';

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

const command = verb({
  description:
    'Reads a CSV file with the columns key, member_id and optionally key_type (default id). A key that already belongs to another member is a conflict: it is listed and not changed.',
  positionals: [1, 1],
  examples: [
    [
      'pointferry members import members.csv --account hang-sandbox',
      'exit code 1 if there are conflicts or unreadable lines',
    ],
  ],
  options: {
    account: required(text('the account that the members belong to', 'ACCOUNT')),
  },
  async run(context) {
    const account = context.flags.account;
    if (!account) throw new PointferryError('CONFIG_USAGE', 'members import: --account is missing');
    if (isTooLong(account))
      throw new PointferryError('CONFIG_USAGE', 'members import: no account has so long a name');
    const rules = await rulesOf(context.pipelines, account);
    return withDatabase(context, async ({ db }) => {
      const done = await importMembers(db, account, keysOf(context.args[0] ?? ''), rules, context.actor);
      context.document({ account, ...done });
      const { added, known, conflicts, unreadable, tooLong } = done;
      context.say(
        `${account}: ${added} added, ${known} known, ${conflicts.length} conflicting, ${unreadable.length} unreadable${tooLong.length > 0 ? `, ${tooLong.length} too long` : ''}`,
      );
      const list = (lines: readonly number[]) =>
        lines.slice(0, 20).join(', ') + (lines.length > 20 ? ', ...' : '');
      if (conflicts.length > 0)
        context.say(`  lines with a key that names another member: ${list(conflicts)}`);
      if (unreadable.length > 0)
        context.say(`  lines without a key or member that can be read: ${list(unreadable)}`);
      if (tooLong.length > 0)
        context.say(
          `  lines with a key or member of more than ${mostKeyBytes} bytes (NORMALIZE_TOO_LONG): ${list(tooLong)}`,
        );
      return conflicts.length + unreadable.length + tooLong.length > 0 ? exit.rows : exit.ok;
    });
  },
});
export default command;
