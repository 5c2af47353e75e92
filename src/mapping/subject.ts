/** Whom an operation is for: the file's own id, or what the crosswalk has for its key. */
import type { Kind } from '../destinations/kind.ts';
import type { Pipeline } from '../pipeline/types.ts';
import { textOf } from './checks.ts';
import type { FaultSql } from './context.ts';
import { crosswalkType, subjectField } from './fields.ts';
import { tooLongReason, tooLongSql } from './indexed.ts';
import { literal } from './quote.ts';
import type { Rows } from './rows.ts';

export interface Subject {
  readonly memberKey: string;
  readonly subject: string;
  readonly join: string;
  /** SQL, true where the operation is left out, or null. */
  readonly filter: string | null;
  readonly faults: readonly FaultSql[];
}

/** The subject: the file's own id, or what the crosswalk has for its key. null: not known (yet). */
export function subjectSql(pipeline: Pipeline, kind: Kind, rows: Rows, account: string): Subject {
  const field = subjectField(pipeline, kind);
  const leaf = field && rows.leaves.get(field.name);
  if (field === undefined || leaf === undefined) {
    return { memberKey: 'null::text', subject: 'null::text', join: '', filter: null, faults: [] };
  }
  const key = textOf(leaf.as, leaf.value);
  const type = crosswalkType(field);
  const tooLong = (text: string, about: string): FaultSql => ({
    when: tooLongSql(text),
    code: literal('NORMALIZE_TOO_LONG'),
    field: field.name,
    columns: leaf.columns,
    value: text,
    reason: tooLongReason(about),
  });
  const own = tooLong('member_key', `the key of ${field.name}`);
  if (type === null) return { memberKey: key, subject: 'member_key', join: '', filter: null, faults: [own] };
  const join = `left join pointferry.crosswalk x on x.account = ${literal(account)} and x.key_type = ${literal(type)} and x.key = m.member_key`;
  const unknown = 'unknown' in field.mapping ? field.mapping.unknown : undefined;
  const missing: FaultSql = {
    when: 'member_key is not null and x.member_id is null',
    code: literal('NORMALIZE_MEMBER_UNKNOWN'),
    field: field.name,
    columns: leaf.columns,
    value: 'member_key',
    reason: `not in the crosswalk of ${account} as ${type}`,
  };
  return {
    memberKey: key,
    subject: 'x.member_id',
    join,
    filter: unknown === 'filter' ? 'member_key is not null and subject is null' : null,
    // an entry of the crosswalk may be older than the limit
    faults: [
      own,
      tooLong('x.member_id', `the id that the crosswalk has for ${field.name}`),
      ...(unknown === 'reject' ? [missing] : []),
    ],
  };
}
