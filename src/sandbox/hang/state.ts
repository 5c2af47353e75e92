/** The members, balances and used keys of the Hang stand-in, as the journal's lines make them. */
import { add, type Decimal, parseDecimal, zero } from '../decimal.ts';
import type { ActivityContent, ActivityType, FamilyMember, HangFields, HangSeed } from '../effects.ts';
import { canonical } from '../json.ts';

export interface HangMember {
  readonly id: string;
  external_user_id: string | null;
  phone: string | null;
  email: string | null;
  first_name: string | null;
  last_name: string | null;
  birthday: string | null;
  family: readonly FamilyMember[];
  /** Epoch seconds. */
  readonly created_at: number;
  updated_at: number;
  activities: number;
  /** Points that have arrived. */
  balance: Decimal;
  /** Accepted, not yet in the balance; `at` in epoch milliseconds, null = never. */
  waiting: { readonly at: number | null; readonly points: Decimal }[];
}

export interface UsedKey {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly content: string;
}

type Found = Map<string, Set<string>>;

export interface HangState {
  readonly members: Map<string, HangMember>;
  /** By membership and key, see `keyOf`. */
  readonly keys: Map<string, UsedKey>;
  readonly activityTypes: Map<string, Decimal>;
  readonly byExternalId: Found;
  readonly byPhone: Found;
  readonly byEmail: Found;
}

export const emptyHang = (): HangState => ({
  members: new Map(),
  keys: new Map(),
  activityTypes: new Map(),
  byExternalId: new Map(),
  byPhone: new Map(),
  byEmail: new Map(),
});

export const keyOf = (membership: string, key: string): string => JSON.stringify([membership, key]);

/** What makes two requests with one key the same: all that was sent, not what we made of it. */
export const sameContent = ({
  activity_type_id,
  value,
  transaction_timestamp,
  line_items,
}: ActivityContent) => canonical({ activity_type_id, value, transaction_timestamp, line_items });

function move(index: Found, id: string, from: string | null, to: string | null): void {
  if (from !== null) index.get(from)?.delete(id);
  if (to === null) return;
  const ids = index.get(to);
  if (ids === undefined) index.set(to, new Set([id]));
  else ids.add(id);
}

export function applyFields(state: HangState, member: HangMember, fields: HangFields, at: number): void {
  const { family_member_birthdays: family, ...plain } = fields;
  if (plain.external_user_id !== undefined)
    move(state.byExternalId, member.id, member.external_user_id, plain.external_user_id);
  if (plain.phone !== undefined) move(state.byPhone, member.id, member.phone, plain.phone);
  if (plain.email !== undefined) move(state.byEmail, member.id, member.email, plain.email);
  Object.assign(member, plain);
  if (family !== undefined) member.family = family ?? [];
  member.updated_at = Math.floor(at / 1000);
}

/** `at` is the instant of the journal's line in epoch milliseconds, here and below. */
export function addMember(state: HangState, { id, ...fields }: HangSeed, at: number): void {
  const seconds = Math.floor(at / 1000);
  const member: HangMember = {
    id,
    external_user_id: null,
    phone: null,
    email: null,
    first_name: null,
    last_name: null,
    birthday: null,
    family: [],
    created_at: seconds,
    updated_at: seconds,
    activities: 0,
    balance: zero,
    waiting: [],
  };
  state.members.set(id, member);
  applyFields(state, member, fields, at);
}

export function addActivityType(state: HangState, type: ActivityType): void {
  state.activityTypes.set(type.id, parseDecimal(type.points_per_unit) ?? zero);
}

export function applyActivity(
  state: HangState,
  membership: string,
  key: string,
  content: ActivityContent,
  at: number,
): void {
  state.keys.set(keyOf(membership, key), { at, content: sameContent(content) });
  const member = state.members.get(membership);
  if (member === undefined) return;
  const points = parseDecimal(content.points) ?? zero;
  member.activities += 1;
  if (content.appliesAt === undefined) member.balance = add(member.balance, points);
  else member.waiting.push({ at: content.appliesAt === null ? null : Date.parse(content.appliesAt), points });
}

/** The balance at an instant; what has become due moves into it. */
export function balanceAt(member: HangMember, now: number): Decimal {
  const due = member.waiting.filter((one) => one.at !== null && one.at <= now);
  if (due.length > 0) {
    member.waiting = member.waiting.filter((one) => !due.includes(one));
    for (const one of due) member.balance = add(member.balance, one.points);
  }
  return member.balance;
}
