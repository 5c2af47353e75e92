/**
 * Rows -> operations: one SELECT over the rows of a run. Values are brought together per row or group, the subject is
 * looked up, what the kind declares is checked, and the payload is built.
 */
import type { Kind } from '../destinations/kind.ts';
import { indent, join, literal, type Sql, sql, table } from '../ground/sql-text.ts';
import type { Pipeline } from '../pipeline/types.ts';
import { fieldFaults, ruleFaults } from './declared.ts';
import {
  crosswalkType,
  dictionaryLeaves,
  type Field,
  fieldsOf,
  itemColumn,
  itemsOf,
  type Rows,
  subjectField,
} from './fields.ts';
import { compileBase } from './group.ts';
import { handed, itemJson } from './items.ts';
import { tooLongReason, tooLongSql } from './keys.ts';
import { type FaultSql, faultsSql } from './query.ts';

export interface OperationFacts {
  readonly account: string;
  /** Table of rows, of the run. */
  readonly rows: string;
  /** Only the rows of this file; null: all files of the run (`across: 'files'`). */
  readonly file: number | null;
  /** The business date: the moment from which an operation without a version of its own is true. */
  readonly businessDate: string;
}

/** Columns of the SELECT, in order; the run's table of operations has them first. */
export const operationColumns = [
  'id',
  'file',
  'place',
  'record',
  'bad_line',
  'gkey',
  'slot',
  'size',
  'identity',
  'member_key',
  'subject',
  'version_at',
  'content',
  'value',
  'payload',
  'status',
  'faults',
] as const;

/**
 * `status`: ok, rejected or filtered; `faults` are those of the operation, beside the faults of its rows. `id` is taken from
 * the ledger's sequence here, so that rows can name their operation before it is inserted.
 */
export function compileOperations(pipeline: Pipeline, kind: Kind, rows: Rows, facts: OperationFacts): Sql {
  const fields = fieldsOf(pipeline, kind);
  const base = compileBase(pipeline, rows, table(facts.rows), facts.file);
  const subject = subjectSql(pipeline, kind, rows, facts.account);
  const isGrouped = pipeline.group !== undefined;
  const checks = [
    ...fieldFaults(pipeline, kind, fields, rows),
    ...ruleFaults(kind.rules, rows, fields),
    ...base.faults,
    ...subject.faults,
  ];
  // a group with a row at fault is incomplete: what its other rows add up to says nothing
  const faults = isGrouped
    ? sql`case when bad_line is null then ${faultsSql(checks)} end`
    : faultsSql(checks);
  const sound = sql`case when bad_line is not null or faults is not null then 'rejected' else 'ok' end`;
  const status =
    subject.filter === null ? sound : sql`case when ${subject.filter} then 'filtered' else ${sound} end`;
  const brought = sql`select b.*, ${subject.memberKey} as member_key\nfrom (\n${indent(base.sql)}\n  offset 0) b`;
  const checked = sql`select m.*, ${subject.subject} as subject, ${versionSql(pipeline, rows, facts)} as version_at,
  ${valueSql(kind, rows)} as value,
  ${faults} as faults
from (
${indent(brought)}
  offset 0) m
${subject.join}`;
  const decided = sql`select c.*, ${status} as status\nfrom (\n${indent(checked)}\n  offset 0) c`;
  return sql`select nextval('pointferry.operation_id_seq') as id, file, place, record, bad_line, gkey, slot, size, identity, member_key, subject, version_at,
  content, value, case when status = 'ok' then ${payloadSql(fields, rows, kind)} end as payload, status, faults
from (
${indent(decided)}
  offset 0) d`;
}

/** When the values became true: the version's own instant, or a date at midnight in the stated zone. */
function versionSql(pipeline: Pipeline, rows: Rows, facts: OperationFacts): Sql {
  const { version } = rows;
  const own = pipeline.version?.zone;
  const zone = literal((typeof own === 'string' ? own : pipeline.businessDate?.zone) ?? 'UTC');
  if (version === undefined)
    return sql`(date ${literal(facts.businessDate)}::timestamp at time zone ${zone})`;
  return version.type.instant?.(version.value, zone) ?? version.value;
}

interface Subject {
  readonly memberKey: Sql;
  readonly subject: Sql;
  readonly join: Sql;
  /** SQL, true where the operation is left out, or null. */
  readonly filter: Sql | null;
  readonly faults: readonly FaultSql[];
}

/** The subject: the file's own id, or what the crosswalk has for its key. null: not known (yet). */
function subjectSql(pipeline: Pipeline, kind: Kind, rows: Rows, account: string): Subject {
  const field = subjectField(pipeline, kind);
  const leaf = field && rows.leaves.get(field.name);
  if (field === undefined || leaf === undefined) {
    return { memberKey: sql`null::text`, subject: sql`null::text`, join: sql``, filter: null, faults: [] };
  }
  const key = leaf.type.text(leaf.value);
  const keyType = crosswalkType(field);
  const tooLong = (text: Sql, about: string): FaultSql => ({
    when: tooLongSql(text),
    code: literal('NORMALIZE_TOO_LONG'),
    field: field.name,
    columns: leaf.columns,
    value: text,
    reason: tooLongReason(about),
  });
  const own = tooLong(sql`member_key`, `the key of ${field.name}`);
  if (keyType === null)
    return { memberKey: key, subject: sql`member_key`, join: sql``, filter: null, faults: [own] };
  const crosswalk = sql`left join pointferry.crosswalk x on x.account = ${literal(account)} and x.key_type = ${literal(keyType)} and x.key = m.member_key`;
  const unknown = 'unknown' in field.mapping ? field.mapping.unknown : undefined;
  const missing: FaultSql = {
    when: sql`member_key is not null and x.member_id is null`,
    code: literal('NORMALIZE_MEMBER_UNKNOWN'),
    field: field.name,
    columns: leaf.columns,
    value: sql`member_key`,
    reason: `not in the crosswalk of ${account} as ${keyType}`,
  };
  return {
    memberKey: key,
    subject: sql`x.member_id`,
    join: crosswalk,
    filter: unknown === 'filter' ? sql`member_key is not null and subject is null` : null,
    // an entry of the crosswalk may be older than the limit
    faults: [
      own,
      tooLong(sql`x.member_id`, `the id that the crosswalk has for ${field.name}`),
      ...(unknown === 'reject' ? [missing] : []),
    ],
  };
}

/** Absent fields are absent, cleared ones null. The subject stands apart, since a parked one is known later. */
function payloadSql(fields: readonly Field[], rows: Rows, kind: Kind): Sql {
  const pairs: Sql[] = [];
  const clears: Sql[] = [];
  for (const field of fields) {
    if (field.name === kind.subjectField) continue;
    const key = literal(field.name);
    if (field.shape === 'scalar') {
      const leaf = rows.leaves.get(field.name);
      if (leaf === undefined) continue;
      pairs.push(sql`${key} : ${handed(leaf)}`);
      if (leaf.cleared !== null)
        clears.push(sql`case when ${leaf.cleared} then jsonb_build_object(${key}, null) else '{}' end`);
    } else if (field.shape === 'rows') {
      pairs.push(sql`${key} : ${itemColumn(field.name, rows)}`);
    } else if (field.shape === 'dictionary') {
      pairs.push(sql`${key} : ${itemJson(dictionaryLeaves(field, rows))}`);
    } else {
      const items = itemsOf(field, rows).map((leaves, index) => sql`(${index}, ${itemJson(leaves)})`);
      pairs.push(
        sql`${key} : (select jsonb_agg(i.item order by i.n) filter (where i.item is not null) from (values ${join(items, ', ')}) i(n, item))`,
      );
    }
  }
  const object = sql`json_object(${join(pairs, ', ')} absent on null returning jsonb)`;
  return pairs.length === 0 ? sql`'{}'::jsonb` : join([object, ...clears], ' || ');
}

/** The operation's value as a number, where the kind has one. */
function valueSql(kind: Kind, rows: Rows): Sql {
  const leaf = kind.valueField === undefined ? undefined : rows.leaves.get(kind.valueField);
  return leaf?.type.isNumber ? sql`${leaf.value}::numeric` : sql`null::numeric`;
}
