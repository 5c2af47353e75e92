/** A pipeline of events, drafted: what happened, to whom, how much, when, and what makes it the same event. */
import type { Kind } from '../destinations/kind.ts';
import { columnFor, type Draft, type Facts, isKey, isNumber, isTime, of, todo } from './facts.ts';
import { keyOf, textOf, timeOf } from './field.ts';
import type { Column } from './profile.ts';
import { likeness } from './words.ts';

type Literal = Record<string, unknown>;

/** A number of a row: one column, or one times another. */
interface Figure {
  readonly columns: readonly Column[];
  readonly from: { readonly from: string } | { readonly compute: string };
}

export function draftEvent(draft: Draft, facts: Facts, kind: Kind, name: string): void {
  const { literal } = draft;
  const group = facts.keys.group;
  literal.identity = identityOf(draft, facts, name);
  const member = columnFor(facts.columns, 'member', isKey) ?? columnFor(facts.columns, 'email', isKey);
  const when = whenOf(facts);
  const figure = figureOf(facts);
  const once = group !== null && figure !== undefined && standsOnce(facts, figure);
  const used = [member, when, ...(figure?.columns ?? [])].filter((column) => column !== undefined);
  if (group) literal.group = groupOf(draft, facts, when, used);
  const columns: Literal = {};
  for (const [field, declared] of Object.entries(kind.fields)) {
    if (field === kind.subjectField) columns[field] = memberOf(draft, facts, `columns.${field}`, member);
    else if (field === kind.valueField) columns[field] = figureMapping(figure, group !== null && !once);
    else if (declared.type === 'instant')
      columns[field] = momentOf(draft, facts, `columns.${field}`, when, declared.required);
    else if (declared.type === 'list') Object.assign(columns, itemsOf(facts, field, figure, once));
    else if (declared.required) columns[field] = typeOf(facts);
  }
  literal.columns = Object.fromEntries(
    Object.entries(columns).filter(([, mapping]) => mapping !== undefined),
  );
  if (once && figure && !group?.fill.some((column) => figure.columns.includes(column)))
    draft.notes.set(
      'amount',
      'the same on every row of a group, so counted once; if each row has its own, sum it',
    );
  if (figure)
    literal.amount = { ...figure.from, per: once ? 'group' : 'row', currency: currencyOf(facts, figure) };
  const where = whereOf(draft, facts, member, figure, kind);
  if (Object.keys(where).length > 0) literal.where = where;
}

function identityOf(draft: Draft, facts: Facts, source: string): Literal {
  const { unique, pairs, group } = facts.keys;
  const event = unique.find((column) => likeness(column.name, 'event') > 0);
  if (group) {
    draft.notes.set(
      'identity',
      `"${group.by.name}" holds rows together: ${group.groups.toLocaleString('en')} groups in ${facts.rows.toLocaleString('en')} rows`,
    );
    return { source, columns: [keyOf(facts, group.by)] };
  }
  if (event) {
    draft.notes.set('identity', `"${event.name}" is different on every row looked at`);
    return { source, columns: [keyOf(facts, event)] };
  }
  const candidates = [
    ...unique.slice(0, 3).map((column) => `"${column.name}"`),
    ...pairs.slice(0, 3).map(([a, b]) => `"${a.name}" with "${b.name}"`),
  ];
  draft.notes.set(
    'identity',
    candidates.length > 0
      ? `different on every row looked at: ${candidates.join(', ')}`
      : 'no column, and no two together, are different on every row: identity: { source, file: true } knows only whole files again',
  );
  return { source, columns: [todo('what makes two rows the same event')] };
}

function memberOf(draft: Draft, facts: Facts, path: string, member: Column | undefined): Literal {
  if (!member) return { from: todo('the column that names the member') };
  const rules = textOf(facts, member);
  if (member.type === 'email') return { from: member.name, case: 'lower', via: { crosswalk: 'email' } };
  if (member.type === 'phone')
    draft.notes.set(path, 'a phone number as the key: the crosswalk has it in the same writing');
  return { from: member.name, ...rules, via: 'crosswalk', unknown: 'park' };
}

interface When {
  readonly day: Column;
  readonly clock: Column | null;
}

/** The instant of the event: one column, or a date with the time of day in a column beside it. */
function whenOf({ columns }: Facts): Column | undefined {
  const named = columnFor(columns, 'when', isTime);
  return (
    named ?? columns.find(({ type }) => type === 'timestamp') ?? columns.find(({ type }) => type === 'date')
  );
}

function pairOf(facts: Facts, day: Column): When {
  const clock =
    day.type === 'date'
      ? facts.columns.find(({ type, empty }) => type === 'clock' && empty <= day.empty)
      : undefined;
  return { day, clock: clock ?? null };
}

function momentOf(
  draft: Draft,
  facts: Facts,
  path: string,
  when: Column | undefined,
  required?: boolean,
): Literal | undefined {
  if (!when)
    return required
      ? { from: todo('the column that says when it happened'), zone: todo('its zone') }
      : undefined;
  const { day, clock } = pairOf(facts, when);
  const notes: string[] = [];
  const read = timeOf(day, 'instant', notes);
  if (notes.length > 0) draft.notes.set(path, notes.join('. '));
  if (clock === null) return { from: day.name, ...textOf(facts, day), ...read };
  const formats = (day.time?.formats ?? []).map(
    (format) => `${format === 'iso' ? 'yyyy-MM-dd' : format} ${clock.clock}`,
  );
  return { join: [day.name, clock.name], ...read, format: formats.length === 1 ? formats[0] : formats };
}

function figureOf({ columns }: Facts): Figure | undefined {
  const product = productOf(columns);
  const value = columnFor(columns, 'value', isNumber);
  if (value && !(product && likeness(value.name, 'value') < 0.8))
    return { columns: [value], from: { from: value.name } };
  if (product) return product;
  const [only, more] = columns.filter((column) => column.type === 'decimal');
  return only && !more ? { columns: [only], from: { from: only.name } } : undefined;
}

/** Quantity by price, where a row has both. */
function productOf(columns: readonly Column[]): Figure | undefined {
  const quantity = columnFor(columns, 'quantity', isNumber);
  const price = columnFor(columns, 'price', isNumber);
  if (!quantity || !price) return undefined;
  return {
    columns: [quantity, price],
    from: { compute: `${quoted(quantity.name)} * ${quoted(price.name)}` },
  };
}

const quoted = (name: string): string =>
  /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) ? name : `"${name.replaceAll('"', '""')}"`;

/** A total of the whole group, on its first row or on every one: unlike lines of a receipt, which differ sooner or later. */
function standsOnce({ keys: { group } }: Facts, { columns }: Figure): boolean {
  const [column, more] = columns;
  if (group === null || column === undefined || more !== undefined) return false;
  return group.fill.includes(column) || (!group.varying.has(column) && column.distinct > 3);
}

function figureMapping(figure: Figure | undefined, sum: boolean): Literal {
  if (!figure) return { from: todo('the column that holds the value') };
  if (!sum) return figure.from;
  return { sum: 'from' in figure.from ? figure.from.from : figure.from };
}

function groupOf(draft: Draft, facts: Facts, when: Column | undefined, used: readonly Column[]): Literal {
  const { group } = facts.keys;
  if (!group) return {};
  const fill = group.fill.filter((column) => used.includes(column) || likeness(column.name, 'currency') > 0);
  const differs = used.filter(
    (column) => column !== when && isKey(column) && group.varying.has(column) && !isNumber(column),
  );
  if (differs.length > 0)
    draft.notes.set(
      'group',
      `rows of one group differ in ${differs.map(({ name }) => `"${name}"`).join(', ')}: such groups are rejected, unless take says which`,
    );
  return {
    by: keyOf(facts, group.by),
    ...(when && group.varying.has(when) ? { take: { [when.name]: 'min' } } : {}),
    ...(fill.length > 0 ? { fill: fill.map((column) => column.name) } : {}),
  };
}

/** One item per row; a total of the group is no value of its rows. */
function itemsOf(
  { columns, keys }: Facts,
  field: string,
  figure: Figure | undefined,
  once: boolean,
): Literal {
  const item = columnFor(columns, 'item', isKey);
  const each = once ? productOf(columns) : figure;
  if (!keys.group || !item || !each) return {};
  const department = columnFor(columns, 'item group', isKey);
  return {
    [field]: {
      item_id: { from: item.name },
      value: each.from,
      ...(department && department !== item ? { group_id: { from: department.name } } : {}),
    },
  };
}

const refund = /refund|return|void|cancel|storno|revers|chargeback/i;

/** The kind of the event: each value of a column, or one for all. Which ids the platform has, no file knows. */
function typeOf(facts: Facts): Literal {
  const column = typeColumn(facts);
  if (!column) return { constant: todo("the platform's id of this activity") };
  const values = column.values.filter((value) => !refund.test(value));
  return {
    from: column.name,
    map: Object.fromEntries(values.map((value) => [value, todo("the platform's id of this activity")])),
  };
}

const typeColumn = ({ columns }: Facts): Column | undefined =>
  columnFor(columns, 'type', ({ type, values }) => type !== 'boolean' && values.length > 0);

function currencyOf({ columns }: Facts, figure: Figure): unknown {
  const named = columnFor(columns, 'currency', ({ type }) => type === 'enum' || type === 'text');
  if (named) return { from: named.name };
  const signs = figure.columns.flatMap((column) => column.number?.form.currencySign ?? []);
  const known: Readonly<Record<string, string>> = { '€': 'EUR', '£': 'GBP', '₹': 'INR', '₩': 'KRW' };
  const [sign] = signs;
  if (typeof sign === 'string') {
    if (/^[A-Z]{3}$/.test(sign)) return sign;
    const code = known[sign];
    if (code) return code;
  }
  return todo('the currency, such as USD');
}

/** Refunds and guests. */
function whereOf(
  draft: Draft,
  facts: Facts,
  member: Column | undefined,
  figure: Figure | undefined,
  kind: Kind,
): Literal {
  const where: Literal = {};
  const type = typeColumn(facts);
  const refunds = type?.values.filter((value) => refund.test(value)) ?? [];
  if (type && refunds.length > 0) where[type.name] = { not: refunds.length === 1 ? refunds[0] : refunds };
  const negative = figure?.columns.find((column) => (column.number?.negative ?? 0) > 0);
  const mayNot = kind.valueField !== undefined && kind.fields[kind.valueField]?.nonNegative === true;
  if (negative && mayNot && refunds.length === 0) {
    where[negative.name] = todo(
      "which rows are refunds and are not sent, such as { not: { matches: '^-' } }",
    );
    draft.notes.set(
      `where.${negative.name}`,
      `"${negative.name}" is below zero in ${negative.number?.negative} of ${negative.distinct} different cells`,
    );
  }
  const filled = facts.keys.group?.fill.includes(member as Column) === true;
  if (member && member.empty > 0 && !filled) {
    where[member.name] = { empty: false };
    draft.notes.set(
      `where.${member.name}`,
      `${of(member.empty, member.rows)} rows name no member: filtered; without this line they are rejected`,
    );
  }
  return where;
}
