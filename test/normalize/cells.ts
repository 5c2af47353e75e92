/** Reads single cells the way a run does: a kind made for the test, a raw table, and the preview of it. */
import { copyRows } from '../../src/db/copy.ts';
import { type Db, withClient } from '../../src/db/pool.ts';
import type { FieldDeclaration, Kind } from '../../src/destinations/kind.ts';
import { type Preview, preview } from '../../src/normalize/preview.ts';
import type { FieldMapping } from '../../src/pipeline/mapping.ts';
import type { Pipeline } from '../../src/pipeline/types.ts';

const never = (): never => {
  throw new Error('a test kind sends nothing');
};

/** An event (or state) with the fields given, beside a member that is always there. */
export function testKind(
  fields: Readonly<Record<string, Partial<FieldDeclaration>>>,
  more: Partial<Kind> = {},
): Kind {
  const declared = Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [
      name,
      { type: 'text', source: 'test', ...field } as FieldDeclaration,
    ]),
  );
  return {
    name: 'test.event',
    platform: 'test',
    nature: 'event',
    subjectType: 'member',
    subjectField: 'member',
    replaces: 'whole',
    fields: { member: { type: 'text', required: true, source: 'test' }, ...declared },
    together: [],
    rules: [],
    build: never,
    authorize: never,
    classify: never,
    refusal: never,
    doubt: 'unknown',
    ...more,
  };
}

export function testPipeline(
  columns: Readonly<Record<string, FieldMapping>>,
  more: Partial<Pipeline> = {},
): Pipeline {
  return {
    account: 'cells',
    operation: 'test.event',
    source: { kind: 'local', path: 'x' },
    identity: { source: 'test', file: true },
    columns: { member: { constant: 'm1' }, ...columns },
    ...more,
  };
}

/** Lands rows in a raw table and shows what becomes of them; nothing stays. */
export async function previewRows(
  db: Db,
  pipeline: Pipeline,
  kind: Kind,
  header: readonly string[],
  rows: readonly (readonly (string | null)[])[],
): Promise<Preview> {
  return await withClient(db, async (client) => {
    await client.query(`begin; set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'`);
    try {
      const columns = header.map((name) => `"${name}" text`).join(', ');
      await client.query(
        `create table pointferry_staging.raw_cells (_record bigint, _line bigint, ${columns})`,
      );
      await copyRows(
        client,
        ['pointferry_staging', 'raw_cells'],
        ['_record', '_line', ...header],
        rows.map((cells, index) => [String(index + 1), String(index + 2), ...cells]),
      );
      const bound = Object.fromEntries(header.map((name) => [name, name]));
      const file = { id: 1, rawTable: 'raw_cells', bound, businessDate: '2026-05-12' };
      return await preview(client, { pipeline, kind, file, businessDate: '2026-05-12', limit: rows.length });
    } finally {
      await client.query('rollback');
    }
  });
}

/** What each cell of one column is read as: its value, or the codes of its faults. */
export async function readCells(
  db: Db,
  mapping: FieldMapping,
  declared: Partial<FieldDeclaration>,
  cells: readonly (string | null)[],
  more: Partial<Pipeline> = {},
): Promise<(string | null | string[])[]> {
  const shown = await previewRows(
    db,
    testPipeline({ x: mapping }, more),
    testKind({ x: declared }),
    ['x'],
    cells.map((cell) => [cell]),
  );
  return shown.rows.map((row, index) => {
    const faults = [...row.faults, ...(shown.operations[index]?.faults ?? [])];
    if (faults.length > 0) return faults.map((fault) => fault.code);
    return row.fields.find((field) => field.path === 'x')?.value ?? null;
  });
}
