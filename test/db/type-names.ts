/** What Postgres' types are in TypeScript: src/db/types.ts parses what is read, `pg` writes what is given. */

const numbers = ['int2', 'int4', 'int8', 'float4', 'float8', 'oid'];
const texts = [
  'text',
  'varchar',
  'bpchar',
  'name',
  'uuid',
  'numeric',
  'date',
  'timestamp',
  'interval',
  'regclass',
  'regtype',
  'pg_lsn',
  'char',
];

/** Of a value that is read. */
export function builtinTypes(name: string): string {
  if (numbers.includes(name)) return 'number';
  if (texts.includes(name)) return 'string';
  if (name === 'bool') return 'boolean';
  if (name === 'timestamptz') return 'Date';
  if (name === 'bytea') return 'Buffer';
  if (name === 'json' || name === 'jsonb') return 'unknown';
  if (name === 'void') return 'void';
  throw new Error(`what is a value of type ${name} in TypeScript? Say it in test/db/type-names.ts`);
}

/** Of a parameter. */
export function inputTypes(name: string): string {
  if (name === 'timestamptz') return 'Date | string';
  if (name === 'numeric' || name === 'interval') return 'string | number';
  return builtinTypes(name);
}
