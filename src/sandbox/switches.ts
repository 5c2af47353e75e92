/**
 * Switches: one for each thing that the platforms' documents leave open. The default is the documents' way where they
 * have one, else the stricter one.
 */
import { PointferryError } from '../ground/errors.ts';

export const switchTable = {
  hang: {
    /** An unknown membership id is made on first use instead of answered with 404. */
    autoMembers: [false, true],
    /** `{id, code, messages}` as the vendor's own client reads it, or a bare `{message}`. */
    errorEnvelope: ['vendor', 'message'],
    /** A used idempotency key with another body. */
    changedBody: ['ignore', '409', '422'],
    /** The same key while its first request is still being answered. */
    keyInFlight: ['wait', '409'],
    /** Milliseconds a key is remembered; 0 = for ever. */
    keyRetentionMs: 0,
    /** Milliseconds until an accepted activity shows in the balance; -1 = never. */
    applyDelayMs: 0,
    /** An activity type that was not seeded (while any was seeded). */
    unknownActivityType: ['422', '404', 'accept'],
    /** A negative activity value; `adds` gives points for a refund, as the vendor warns. */
    negativeValue: ['refuse', 'adds'],
    unknownFields: ['refuse', 'ignore'],
    /** null for an optional member field. */
    nulls: ['refuse', 'clear'],
    /** An e-mail or external_user_id that another member has, in an update. */
    takenOnUpdate: ['accept', '409'],
    family: ['replace', 'merge'],
    searchMissing: ['404', '422'],
    firstPage: ['1', '0'],
  },
  fabric: {
    autoMembers: [false, true],
    unknownProfile: ['404', '400', '200'],
    /** Comma list of body fields that the company's configuration does not permit. */
    notPermitted: '',
    notPermittedFields: ['reject', 'ignore'],
    unknownFields: ['refuse', 'ignore'],
    nulls: ['refuse', 'ignore'],
    update: ['partial', 'replace'],
    /** Dates as in the document's example (YYYY-MM-DD) or any text. */
    dates: ['example', 'any'],
    /** `errors` of a success. */
    emptyErrors: ['lists', 'object'],
    /** Seconds a token from the token endpoint lives. */
    tokenSeconds: 600,
  },
  stickystreet: {
    autoPrograms: [false, true],
    /** HTTP status of an answer that says error. */
    errorStatus: ['200', '4xx'],
    /** Name of the error in JSON: a text, or a list. */
    errorKey: ['error', 'errors'],
    /** XML with a bare `&` in texts. */
    bareAmpersand: [false, true],
    /** `membership_type` is taken for `membership_style`. */
    typeAlias: [false, true],
    /** API must be 1.5. */
    apiVersion: ['check', 'any'],
    /** `callback` without output=JSON. */
    callbackAlone: ['jsonp', 'ignore'],
    qualifierOnStyleA: ['ignore', 'refuse'],
    severalCampaigns: ['refuse', 'accept'],
    unknownFields: ['refuse', 'ignore'],
  },
} as const;

type Table = typeof switchTable;
type Value<T> = T extends readonly (infer V)[] ? V : T extends number ? number : string;
export type Switches = {
  -readonly [P in keyof Table]: { -readonly [K in keyof Table[P]]: Value<Table[P][K]> };
};
export type SwitchChanges = { readonly [P in keyof Switches]?: Readonly<Partial<Switches[P]>> };

type Loose = Record<string, Record<string, unknown>>;

export function defaultSwitches(): Switches {
  const defaults: Loose = {};
  for (const [platform, table] of Object.entries(switchTable)) {
    defaults[platform] = Object.fromEntries(
      Object.entries(table).map(([name, choice]) => [name, Array.isArray(choice) ? choice[0] : choice]),
    );
  }
  return defaults as unknown as Switches;
}

/**
 * Sets switches in place.
 * @throws PointferryError CONFIG_INVALID for a name or a value that the table does not hold; then nothing is set.
 */
export function setSwitches(switches: Switches, changes: unknown): void {
  const table = switchTable as unknown as Loose;
  const found: [string, string, unknown][] = [];
  for (const [platform, settings] of Object.entries((changes ?? {}) as Loose)) {
    for (const [name, value] of Object.entries(settings ?? {})) {
      const choice = Object.hasOwn(table, platform) ? table[platform]?.[name] : undefined;
      const fits = Array.isArray(choice)
        ? choice.includes(value)
        : choice !== undefined && typeof value === typeof choice;
      if (!fits) throw notASwitch(platform, name, choice);
      found.push([platform, name, value]);
    }
  }
  for (const [platform, name, value] of found) {
    const settings = (switches as unknown as Loose)[platform];
    if (settings !== undefined) settings[name] = value;
  }
}

function notASwitch(platform: string, name: string, choice: unknown): PointferryError {
  const choices = Array.isArray(choice) ? choice.join(' or ') : typeof choice;
  const what = choice === undefined ? 'is not a switch of the sandbox' : `must be ${choices}`;
  return new PointferryError('CONFIG_INVALID', `${platform}.${name} ${what}`, {
    hint: 'src/sandbox/README.md lists the switches',
  });
}
