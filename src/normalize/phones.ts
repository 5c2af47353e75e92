/** Phone numbers are the one type that needs JavaScript: distinct values are read, and their E.164 form is written beside. */
import type { CountryCode } from 'libphonenumber-js/min';
import { copyRows } from '../db/copy.ts';
import type { Client } from '../db/pool.ts';
import { mostKeyBytes } from '../mapping/keys.ts';
import type { RunTables } from './tables.ts';

/**
 * E.164 of a phone number, or null. Possible is enough: the vendor's own example (+1 789 …) has an area code that nobody
 * was given. `region` (ISO 3166, '' for none) is for numbers without a country code.
 */
export type E164 = (value: string, region: string) => string | null;

/** Loaded only when there is a phone number to read: it would be a tenth of every start (40 of 450 ms). */
export async function loadE164(): Promise<E164> {
  const { parsePhoneNumberFromString } = await import('libphonenumber-js/min');
  return (value, region) => {
    const country = /^[A-Z]{2}$/.test(region) ? (region as CountryCode) : undefined;
    const parsed = parsePhoneNumberFromString(value, {
      ...(country ? { defaultCountry: country } : {}),
      extract: false,
    });
    return parsed?.isPossible() && parsed.ext === undefined ? parsed.number : null;
  };
}

/** Numbers per turn: what one answer holds in memory. */
const atOnce = 100_000;

/**
 * Fills the table of phones with what `selects` give (columns value, region). Rows already there stay. What is too long for
 * the table's key is no phone number, and is left out: its row is then at fault by itself.
 */
export async function fillPhones(
  client: Client,
  tables: RunTables,
  selects: readonly string[],
): Promise<void> {
  for (const select of selects) {
    for (;;) {
      const { rows } = await client.query<{ value: string; region: string }>(
        `select distinct s.value, s.region from (${select}) s
         where octet_length(s.value) + octet_length(s.region) <= ${mostKeyBytes} and not exists (select from ${tables.phones} p where p.value = s.value and p.region = s.region)
         limit ${atOnce}`,
      );
      if (rows.length === 0) break;
      const e164 = await loadE164();
      const [schema = '', table = ''] = tables.phones.split('.');
      await copyRows(
        client,
        [schema, table],
        ['value', 'region', 'e164'],
        rows.map(({ value, region }) => [value, region, e164(value, region)]),
      );
    }
  }
}
