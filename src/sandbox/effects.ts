/**
 * What the journal holds: one line per change that was applied, with the business content of the request. Amounts are
 * text as they were sent. Seeds and resets are lines too, so that replaying the file alone gives the state back.
 */
import type { JsonObject } from './json.ts';

export type Platform = 'hang' | 'fabric' | 'stickystreet';
export const platforms: readonly Platform[] = ['hang', 'fabric', 'stickystreet'];

export interface LineItem {
  readonly item_id: string;
  readonly value: string;
  readonly group_id?: string;
}

export interface ActivityContent {
  readonly activity_type_id: string;
  /** Decimal text as sent. */
  readonly value: string;
  /** As sent: epoch seconds or milliseconds. */
  readonly transaction_timestamp: string;
  readonly line_items: readonly LineItem[];
  /** What the activity adds to the balance: value times the points of its type. */
  readonly points: string;
  /** When the points arrive, a UTC instant; absent = at once, null = never. */
  readonly appliesAt?: string | null;
}

export interface FamilyMember {
  readonly first_name: string;
  readonly last_name: string;
  readonly birthday: string;
  readonly status: string;
}

/** The fields of a Hang member that a request can set; absent = left alone, null = cleared. */
export interface HangFields {
  readonly external_user_id?: string | null;
  readonly phone?: string | null;
  readonly email?: string | null;
  readonly first_name?: string | null;
  readonly last_name?: string | null;
  readonly birthday?: string | null;
  readonly family_member_birthdays?: readonly FamilyMember[] | null;
}

export interface HangSeed extends HangFields {
  readonly id: string;
}

export interface ActivityType {
  readonly id: string;
  /** Points for one unit of value, decimal text. */
  readonly points_per_unit: string;
}

export interface FabricSeed {
  readonly profileId: string;
  readonly loyaltyNumber?: string;
  readonly fields?: JsonObject;
}

export interface FabricChange {
  readonly mode: 'partial' | 'replace';
  readonly fields: JsonObject;
}

/** Settings of a Sticky Street membership program, under the names of its API. */
export type ProgramSettings = Readonly<Record<string, string>>;

interface Shape<T extends string, C> {
  readonly type: T;
  /** Member or program id. */
  readonly subject: string;
  /** Idempotency key, where the platform has one. */
  readonly identity: string | null;
  readonly bodySha256: string | null;
  readonly content: C;
}

export type NewEffect =
  | Shape<'hang.activity', ActivityContent>
  | Shape<'hang.member', HangFields>
  | Shape<'hang.enroll', HangFields>
  | Shape<'fabric.member', FabricChange>
  | Shape<'stickystreet.program', ProgramSettings>
  | Shape<'seed.hang.member', HangSeed>
  | Shape<'seed.hang.activityType', ActivityType>
  | Shape<'seed.fabric.member', FabricSeed>
  | Shape<'seed.stickystreet.program', ProgramSettings>
  | Shape<'reset', null>;

/** A line of the journal: `n` counts from 1 and never goes back, `at` is a UTC instant. */
export type Effect = NewEffect & { readonly n: number; readonly at: string };

/** True for what a platform's own endpoint applied; false for seeds and resets. */
export const isBusiness = (effect: NewEffect): boolean =>
  !effect.type.startsWith('seed.') && effect.type !== 'reset';

/** A seed: subject of its own, no identity, no request behind it. */
export const withoutRequest = { identity: null, bodySha256: null } as const;
