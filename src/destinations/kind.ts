/**
 * What an operation kind is. One file per kind under `destinations/<platform>/<name>.ts`; the file's default
 * export is a `Kind`, and nothing else has to be edited to add one.
 *
 * A kind is data plus pure functions: how a request is built, how an answer is understood. It never sends: push does.
 */

import type { ExactNumber } from './json.ts';

/**
 * What normalize hands over for one field: scalars are text in canonical form. A payload read back from Postgres
 * is read as text and parsed by `parseExact` (json.ts), so that numbers inside a JSON cell keep every digit.
 */
export type FieldValue =
  | string // text; decimal '12.50' (as canonical as the source: no exponent, no plus sign); date 'YYYY-MM-DD'; instant ISO 8601 UTC with Z
  | boolean // inside lists and dictionaries that came from a JSON cell; a `boolean` field is 'true' or 'false'
  | ExactNumber // likewise
  | null // an explicit clear; inside a list's item: absent
  | readonly Readonly<Record<string, FieldValue>>[] // list
  | Readonly<{ [name: string]: FieldValue }>; // dictionary

export type FieldType =
  | 'text'
  | 'decimal'
  | 'integer'
  | 'date'
  | 'instant'
  | 'phone'
  | 'email'
  | 'enum'
  | 'boolean'
  | 'list'
  | 'dictionary';

/** One field of a kind, called as the platform's document calls it. */
export interface FieldDeclaration {
  readonly type: FieldType;
  readonly required?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** For `enum`. Compared exactly. */
  readonly values?: readonly string[];
  /** May be cleared: an explicit clear is sent. Else a clear is NORMALIZE_NOT_CLEARABLE. */
  readonly clearable?: boolean;
  readonly nonNegative?: boolean;
  /** A shape that text must have, as a POSIX regular expression of Postgres. */
  readonly pattern?: string;
  /** For `list`: fields of one item. For `dictionary`: absent, any names. */
  readonly item?: Readonly<Record<string, FieldDeclaration>>;
  /** For `phone`: what is sent. `e164` needs a region (default below); `digits` strips spaces, dashes, brackets and a leading +. */
  readonly phone?: { readonly form: 'e164' | 'digits'; readonly region?: string };
  /** List and dictionary fields whose value replaces the whole: only from a pipeline that states `complete: true`. */
  readonly whole?: boolean;
  /** What the platform itself takes when the field is absent. Told to people, never sent: an absent field is absent. */
  readonly platformDefault?: string;
  /** Says something about a person: masked on screens and in reasons. */
  readonly personal?: boolean;
  /** Document and section this comes from. */
  readonly source: string;
}

/**
 * A rule over several fields, checked by normalize before anything is sent. `when` and `then` name fields.
 *  - needs:   if `field` is present, `other` must be too           (fabric: tierExpirationDatetime needs tierReference)
 *  - whenIs:  if `field` equals `value`, `other` must be present   (Sticky Street: style B needs the qualifier name)
 */
export type Rule =
  | { readonly rule: 'needs'; readonly field: string; readonly other: string; readonly reason: string }
  | {
      readonly rule: 'whenIs';
      readonly field: string;
      readonly value: string;
      readonly other: string;
      readonly reason: string;
    };

/** An account as a kind sees it: its literal, with secrets resolved. Kept out of logs and of Postgres. */
export interface AccountAccess {
  readonly name: string;
  readonly platform: string;
  readonly baseUrl: string;
  /** Resolved environment values by the name the platform gives them, e.g. apiKey, token, userId. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Settings of the platform, e.g. { keyIn: 'header' | 'body', output: 'XML', asIs: true }. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** What is to be sent. */
export interface Outgoing {
  readonly account: AccountAccess;
  /** Member or program id on the platform. */
  readonly subject: string;
  /** Idempotency key. */
  readonly key: string;
  readonly fields: Readonly<Record<string, FieldValue>>;
  /** Fields whose column says `asIs: true`: sent as the cell has them (fabric: region and country codes). */
  readonly asIs?: readonly string[];
}

/** A request without its credentials: what is stored with the attempt, and sent again in doubt. */
export interface BuiltRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** Puts the credentials in, at the moment of sending; never stored. May change headers and body. */
export type Authorize = (request: BuiltRequest, account: AccountAccess, token: string | null) => BuiltRequest;

/** A whole answer, body read and capped. */
export interface Answer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body was cut at the size cap, or the connection broke while it was read. */
  readonly truncated: boolean;
}

/** What the platform says of a request that it refused. */
export interface Refusal {
  /** The platform's own words: masked of what was sent about a person, no control characters, at most 300 long. */
  readonly reason: string;
  readonly platformCode?: string;
  /** The kind's field that the answer names. */
  readonly field?: string;
  readonly requestId?: string;
}

/** How an answer is understood. `doubt`: it cannot be understood, the request may have been applied. */
export type Verdict =
  | { readonly verdict: 'delivered'; readonly platformId?: string; readonly requestId?: string }
  | ({ readonly verdict: 'failed' } & Refusal)
  | { readonly verdict: 'doubt'; readonly reason: string; readonly requestId?: string }
  | { readonly verdict: 'retry'; readonly reason: string } // definitely not applied, try again
  | { readonly verdict: 'stop'; readonly reason: string }; // credentials: stops the account

/** What a status means before the kind looks at the body (push/answer/status.ts has the table); a kind may move one, with its source. */
export type StatusMeaning = 'kind' | 'redirect' | 'credentials' | 'throttled' | 'doubt' | 'failed';

export interface Kind {
  readonly name: string;
  readonly platform: string;
  readonly nature: 'event' | 'state';
  readonly subjectType: 'member' | 'program';
  /**
   * The field of `fields` that names the subject: `member` where it stands in the path, else as the document calls
   * it (`profileId`, `membership_program_id`). Its value is `Outgoing.subject`; it may be absent from `Outgoing.fields`.
   */
  readonly subjectField: string;
  /** states: `fields` = a partial update, versions by field; `whole` = a full replacement, one version. */
  readonly replaces: 'fields' | 'whole';
  readonly fields: Readonly<Record<string, FieldDeclaration>>;
  /** Fields that live and fall together. */
  readonly together: readonly (readonly string[])[];
  readonly rules: readonly Rule[];
  /** For events: the field that is the operation's value. */
  readonly valueField?: string;
  readonly build: (out: Outgoing) => BuiltRequest;
  readonly authorize: Authorize;
  /** Called for 2xx, and for statuses moved to 'kind'. Pure; never throws. */
  readonly classify: (answer: Answer, sent: Outgoing) => Verdict;
  /** The words of an answer that was refused by its status alone. Pure; never throws. */
  readonly refusal: (answer: Answer, sent: Outgoing) => Refusal;
  readonly statuses?: Readonly<Record<number, { readonly means: StatusMeaning; readonly source: string }>>;
  /**
   * What follows doubt. `resend` only within the account's key retention (events) or while nothing newer overtook
   * (states). A look-up would be a third: no platform here documents one that shows what became of a request.
   */
  readonly doubt: 'resend' | 'unknown';
  /** Things `preview` says of an operation, e.g. that a qualifier on a style A program is left out. */
  readonly remarks?: (out: Outgoing) => readonly string[];
}

/** How an account gets and refreshes a token, where the platform has one (fabric: client credentials). */
export interface TokenSource {
  /** The token request, or null when a fixed token is configured. */
  readonly request: (account: AccountAccess) => BuiltRequest | null;
  readonly understand: (answer: Answer) => { readonly token: string; readonly expiresInMs: number } | null;
}

/** A setting that an account of the platform may state. */
export interface SettingDeclaration {
  readonly type: 'boolean' | 'text' | 'texts';
  /** For `text`: the values allowed. */
  readonly values?: readonly string[];
  readonly default: string | boolean | readonly string[] | null;
  readonly purpose: string;
}

/** One file per platform, `destinations/<platform>/platform.ts` (default export): what its kinds share. */
export interface Platform {
  readonly name: string;
  /**
   * Names of what an account takes from the environment. `open`: no secret (an id, an address), may be printed.
   * `address`: a URL, under the same rules as the base URL.
   */
  readonly secrets: Readonly<
    Record<
      string,
      {
        readonly optional?: boolean;
        readonly open?: boolean;
        readonly address?: boolean;
        readonly purpose: string;
      }
    >
  >;
  /** Of optional ones: at least one of these sets must be there whole. */
  readonly secretSets?: readonly (readonly string[])[];
  readonly settings: Readonly<Record<string, SettingDeclaration>>;
  readonly token?: TokenSource;
  /** Path served by the sandbox for a base URL, e.g. '/partner-api'. */
  readonly sandboxPath: string;
}
