/**
 * Rows -> operations: one SELECT over the rows of a run. Values are brought together per row or group, the subject is
 * looked up, what the kind declares is checked, and the payload is built.
 */
import type { Kind } from '../destinations/kind.ts';
import type { Pipeline } from '../pipeline/types.ts';
import { compileBase } from './base.ts';
import { faultsSql } from './context.ts';
import { fieldFaults, ruleFaults } from './declared.ts';
import { fieldsOf } from './fields.ts';
import { payloadSql, valueSql } from './payload.ts';
import { indent, literal } from './quote.ts';
import type { Rows } from './rows.ts';
import { subjectSql } from './subject.ts';

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
export function compileOperations(pipeline: Pipeline, kind: Kind, rows: Rows, facts: OperationFacts): string {
  const fields = fieldsOf(pipeline, kind);
  const base = compileBase(pipeline, rows, facts.rows, facts.file);
  const subject = subjectSql(pipeline, kind, rows, facts.account);
  const isGrouped = pipeline.group !== undefined;
  const checks = [
    ...fieldFaults(pipeline, kind, fields, rows),
    ...ruleFaults(kind.rules, rows, fields),
    ...base.faults,
    ...subject.faults,
  ];
  // a group with a row at fault is incomplete: what its other rows add up to says nothing
  const faults = isGrouped ? `case when bad_line is null then ${faultsSql(checks)} end` : faultsSql(checks);
  const sound = "case when bad_line is not null or faults is not null then 'rejected' else 'ok' end";
  const status =
    subject.filter === null ? sound : `case when ${subject.filter} then 'filtered' else ${sound} end`;
  const brought = `select b.*, ${subject.memberKey} as member_key\nfrom (\n${indent(base.sql)}\n  offset 0) b`;
  const checked = `select m.*, ${subject.subject} as subject, ${versionSql(pipeline, rows, facts)} as version_at,
  ${valueSql(kind, rows)} as value,
  ${faults} as faults
from (
${indent(brought)}
  offset 0) m
${subject.join}`;
  const decided = `select c.*, ${status} as status\nfrom (\n${indent(checked)}\n  offset 0) c`;
  return `select nextval('pointferry.operation_id_seq') as id, file, place, record, bad_line, gkey, slot, size, identity, member_key, subject, version_at,
  content, value, case when status = 'ok' then ${payloadSql(fields, rows, kind)} end as payload, status, faults
from (
${indent(decided)}
  offset 0) d`;
}

/** When the values became true: the version's own instant, or a date at midnight in the stated zone. */
function versionSql(pipeline: Pipeline, rows: Rows, facts: OperationFacts): string {
  const { version } = rows;
  const own = pipeline.version?.zone;
  const zone = literal((typeof own === 'string' ? own : pipeline.businessDate?.zone) ?? 'UTC');
  if (version === undefined) return `(date ${literal(facts.businessDate)}::timestamp at time zone ${zone})`;
  return version.as === 'date' ? `(${version.value}::timestamp at time zone ${zone})` : version.value;
}
