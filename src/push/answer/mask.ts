/** What may be kept of an answer: no credentials, nothing that was sent about a person. */
import { isExactNumber } from '../../destinations/json.ts';
import type { AccountAccess, FieldValue } from '../../destinations/kind.ts';

const mask = '***';
/** Shorter texts (a status, a country, a digit) would hide the answer itself. */
const shortest = 4;

/** Masked of the account's secrets and of `values`; cut to `most` characters. NULs, which Postgres refuses, are cut out. */
export function maskAnswer(
  text: string,
  account: AccountAccess,
  sent: { readonly subject: string; readonly fields: Readonly<Record<string, FieldValue>> },
  most: number,
): string {
  const secrets = Object.values(account.secrets).filter((secret) => secret !== '');
  const values = [sent.subject, ...Object.values(sent.fields).flatMap(texts)].filter(
    (value) => value.length >= shortest,
  );
  const all = [...new Set([...secrets, ...values])].sort((a, b) => b.length - a.length);
  // a value that the cut would halve is masked whole: cut generously first, exactly afterwards
  const rough = text.slice(0, most * 2).replaceAll('\u0000', '');
  return all
    .reduce((masked, value) => masked.replaceAll(value, mask), rough)
    .slice(0, most)
    .toWellFormed();
}

/** Masked of the account's secrets: a platform may repeat in its refusal what it was sent. */
export function maskSecrets(text: string, account: AccountAccess): string {
  return Object.values(account.secrets).reduce(
    (masked, secret) => (secret.length < shortest ? masked : masked.replaceAll(secret, mask)),
    text,
  );
}

function texts(value: FieldValue | undefined): string[] {
  if (typeof value === 'string') return [value];
  if (value === null || value === undefined || typeof value === 'boolean' || isExactNumber(value)) return [];
  return Object.values(value).flatMap((part) => texts(part as FieldValue));
}
