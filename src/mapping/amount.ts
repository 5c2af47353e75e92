/** The amount of a row, for the books: exact decimals, apart by currency. The same columns for stage and normalize. */

import { column, indent, join, literal, type Sql, sql } from '../ground/sql-text.ts';
import type { Amount, Pipeline } from '../pipeline/types.ts';
import { amountColumns } from './columns.ts';
import { columnsOf, computeSql, parseCompute } from './expressions.ts';
import { groupKey, rowContext } from './group.ts';
import { decimalValue, formOf, numberText } from './number.ts';
import { at, type Context, type FaultSql, type RowSource } from './query.ts';
import { cleanText } from './text.ts';

export interface AmountColumns {
  /** SQL over the query's columns: numeric, null where it cannot be read. */
  readonly amount: Sql;
  readonly currency: Sql;
  /** SQL, true where the row has an amount that cannot be read. */
  readonly unreadable: Sql;
  readonly faults: readonly FaultSql[];
}

const none: AmountColumns = {
  amount: sql`null::numeric`,
  currency: sql`null::text`,
  unreadable: sql`false`,
  faults: [],
};

/** Adds the amount of `context.pipeline` to the query. A pipeline without one has no amounts in its books. */
export function compileAmount(context: Context): AmountColumns {
  const { amount } = context.pipeline;
  if (amount === undefined) return none;
  const { value, text } = numberColumns(context, amount);
  const currency = currencyColumn(context, amount);
  if (amount.per !== 'group') {
    return { amount: value, currency, unreadable: sql`${value} is null`, faults: [] };
  }
  return perGroup(context, amount, value, text, currency);
}

/** `text`: SQL that is null where the cells are empty. */
function numberColumns(context: Context, amount: Amount): { readonly value: Sql; readonly text: Sql } {
  const names = 'from' in amount ? [amount.from] : columnsOf(parseCompute(amount.compute));
  const texts: Sql[] = [];
  const values = new Map<string, Sql>();
  for (const name of names) {
    const form = formOf(amount, context.pipeline.numbers, name);
    const text = context.levels.add(
      at.text,
      column('t', context.next(), name),
      cleanText(context.cell(name), {}, context.nulls),
    );
    const plain = context.levels.add(at.plain, column('n', context.next(), name), numberText(text, form));
    values.set(
      name,
      context.levels.add(at.date, column('d', context.next(), name), decimalValue(plain, form)),
    );
    texts.push(text);
  }
  const of = (name: string): Sql => values.get(name) ?? sql`null::numeric`;
  const number = 'from' in amount ? of(amount.from) : computeSql(parseCompute(amount.compute), of);
  const value = context.levels.add(at.local, column('a', context.next(), 'amount'), number);
  return { value, text: texts.length === 1 ? join(texts, '') : sql`concat(${join(texts, ', ')})` };
}

/** The currency: stated, or of the row, or (where only the first row of a group names it) of its group. XXX: none named. */
function currencyColumn(context: Context, amount: Amount): Sql {
  if (typeof amount.currency === 'string') return sql`${literal(amount.currency)}::text`;
  const cell = context.cell(amount.currency.from);
  const text = context.levels.add(
    at.text,
    column('t', context.next(), 'currency'),
    cleanText(cell, { case: 'upper' }, context.nulls),
  );
  const own =
    amount.per === 'group'
      ? sql`coalesce(${text}, min(${text} collate "C") over (partition by ${groupKey(context)}) collate "default", 'XXX')`
      : sql`coalesce(${text}, 'XXX')`;
  return context.levels.add(at.local, column('u', context.next(), 'currency'), own);
}

/** Counted once, on the group's first row that has one; blanks elsewhere are 0, another value is a fault and counts 0 too. */
function perGroup(context: Context, amount: Amount, value: Sql, text: Sql, currency: Sql): AmountColumns {
  const group = groupKey(context);
  const stands = sql`nullif(${text}, '') is not null`;
  const first = context.levels.add(
    at.local,
    column('a', context.next(), 'first'),
    sql`min(case when ${stands} then record end) over (partition by ${group})`,
  );
  const shared = context.levels.add(
    at.value,
    column('a', context.next(), 'group'),
    sql`max(case when record = ${first} then ${value} end) over (partition by ${group})`,
  );
  const counts = context.levels.add(
    at.value,
    column('a', context.next(), 'counts'),
    sql`(record = coalesce(${first}, min(record) over (partition by ${group})))`,
  );
  const columns = amountColumns(amount);
  const faults: FaultSql[] = [
    {
      when: sql`${stands} and record <> ${first} and ${value} is distinct from ${shared}`,
      code: literal('NORMALIZE_GROUP_DISAGREES'),
      field: '',
      columns,
      value: text,
      reason: 'the amount of the group is another one on its first row',
    },
  ];
  return {
    amount: sql`case when ${counts} then ${value} else 0 end`,
    currency,
    unreadable: sql`(${counts} and ${value} is null)`,
    faults,
  };
}

/** `_record, amount, currency, unreadable` of every row of a raw table; null where the pipeline has no amounts. */
export function amountSql(pipeline: Pipeline, source: RowSource): Sql | null {
  if (pipeline.amount === undefined) return null;
  const context = rowContext(pipeline, source, { phones: 'pg_catalog.pg_class' });
  const { amount, currency, unreadable } = compileAmount(context);
  return sql`select record as _record, ${amount} as amount, ${currency} as currency, ${unreadable} as unreadable\nfrom (\n${indent(context.levels.text())}\n) q`;
}
