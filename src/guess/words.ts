/** Names of columns in the world, and what they mean: a likeness is a proposal, which a person reads. */

/** What a column may be about, with the names it is seen under (words of names, apart by blanks). */
const meanings: Readonly<Record<string, readonly string[]>> = {
  member: [
    ...[
      'member',
      'member id',
      'member no',
      'member number',
      'member key',
      'membership id',
      'membership number',
      'profile id',
      'shopper id',
      'external user id',
    ],
    ...[
      'customer',
      'customer id',
      'customer no',
      'customer number',
      'client id',
      'client no',
      'no client',
      'user id',
      'guest id',
      'contact id',
    ],
    ...[
      'loyalty id',
      'loyalty no',
      'loyalty number',
      'loyalty card',
      'card number',
      'card no',
      'account',
      'account number',
      'source id',
      'kundennummer',
      'kunde id',
    ],
  ],
  event: [
    ...[
      'transaction id',
      'transaction no',
      'transaction number',
      'transaction',
      'txn id',
      'trans id',
      'order id',
      'order no',
      'order number',
      'order',
      'payment id',
    ],
    ...[
      'invoice no',
      'invoice id',
      'invoice number',
      'invoice',
      'receipt id',
      'receipt no',
      'receipt number',
      'receipt',
      'ticket id',
      'ticket no',
      'sale id',
      'check no',
      'event id',
      'activity id',
      'bon nr',
      'belegnummer',
    ],
  ],
  when: [
    ...[
      'transaction timestamp',
      'timestamp',
      'occurred at',
      'transaction date',
      'transaction time',
      'transaction datetime',
      'date time',
      'datetime',
      'invoice date',
      'order date',
      'receipt date',
      'receipt date time',
    ],
    ...[
      'created at',
      'purchase date',
      'purchased at',
      'sale date',
      'sold at',
      'paid at',
      'event time',
      'event date',
      'as of',
      'date',
      'time',
      'datum',
    ],
  ],
  value: [
    ...[
      'value',
      'line amount',
      'extended amount',
      'amount',
      'net amount',
      'total amount',
      'net sales',
      'subtotal',
      'net total',
      'total',
      'gross sales',
      'line total',
    ],
    ...[
      'total collected',
      'total spent',
      'points',
      'balance',
      'loyalty points',
      'betrag',
      'montant',
      'sales',
    ],
  ],
  quantity: ['quantity', 'qty', 'lineitem quantity', 'units', 'count', 'menge'],
  price: ['unit price', 'price', 'lineitem price', 'price each', 'item price', 'retail price', 'preis'],
  item: [
    'item id',
    'sku',
    'item sku',
    'lineitem sku',
    'product sku',
    'stock code',
    'product id',
    'product code',
    'article',
    'article no',
    'upc',
    'ean',
    'item',
    'product',
    'item no',
  ],
  'item group': ['group id', 'department', 'category', 'item group', 'product group', 'item category'],
  type: [
    'activity type id',
    'activity type',
    'transaction type',
    'event type',
    'type',
    'activity',
    'kind',
    'transaction kind',
  ],
  currency: ['currency', 'currency code', 'curr', 'iso currency'],
  changed: [
    ...[
      'changed at',
      'updated at',
      'modified at',
      'last changed',
      'last modified',
      'last update',
      'last updated',
      'modification date',
      'change date',
      'date modified',
      'date updated',
      'modifie le',
      'decided at',
      'version',
    ],
  ],
  'first name': ['first name', 'firstname', 'fname', 'given name', 'forename', 'first', 'prenom', 'vorname'],
  'middle name': ['middle name', 'middlename', 'middle initial', 'mi'],
  'last name': ['last name', 'lastname', 'lname', 'surname', 'family name', 'last', 'nom', 'nachname'],
  birthday: [
    'birthday',
    'birth date',
    'birthdate',
    'date of birth',
    'dob',
    'born',
    'naissance',
    'geburtsdatum',
  ],
  email: ['email', 'e mail', 'email address', 'mail', 'courriel'],
  phone: [
    'phone',
    'phone number',
    'telephone',
    'mobile',
    'mobile phone',
    'cell',
    'cell phone',
    'tel',
    'telefon',
    'default address phone',
  ],
  gender: ['gender', 'sex', 'sexe', 'geschlecht'],
  'marital status': ['marital status', 'civil status'],
  'address line 1': [
    'address line 1',
    'address 1',
    'address',
    'street',
    'street address',
    'addressline1',
    'address1',
    'adresse1',
    'adresse',
    'strasse',
  ],
  'address line 2': ['address line 2', 'address 2', 'addressline2', 'address2', 'adresse2'],
  'address line 3': ['address line 3', 'address 3', 'addressline3', 'address3'],
  city: ['city', 'town', 'ville', 'ort', 'stadt'],
  region: ['region', 'state', 'province', 'state province', 'province code', 'county'],
  'postal code': ['postal code', 'postcode', 'post code', 'zip', 'zip code', 'code postal', 'plz'],
  country: ['country', 'country code', 'country name', 'pays', 'land'],
  'enrollment date': [
    'enrollment date',
    'enrolment date',
    'registration date',
    'join date',
    'joined',
    'acct open date',
    'account open date',
    'signup date',
    'member since',
  ],
  tier: ['tier reference', 'tier', 'level', 'member card', 'card level', 'status level'],
  'tier until': ['tier expiration datetime', 'tier expiration', 'tier until', 'tier expires', 'until'],
  threshold: ['redemption threshold', 'threshold', 'seuil'],
  'program id': ['membership program id', 'program id', 'programid', 'id'],
  'program name': ['membership program name', 'program name', 'name'],
  'program style': ['membership style', 'style'],
  'program range': ['membership time range', 'window', 'range', 'time range'],
  'program unit': ['membership time unit', 'unit', 'time unit'],
  'program qualifier': ['membership custom qualifier name', 'qualifier', 'qualifier name'],
  'program campaigns': ['membership campaigns included', 'campaigns', 'campaign', 'campaigns included'],
};

/** Words that say whose a column is, and nothing about what stands in it. */
const owners = new Set([
  'customer',
  'member',
  'client',
  'user',
  'guest',
  'shopper',
  'default',
  'billing',
  'contact',
  'acct',
  'account',
]);

/** `InvoiceNo`, `invoice_no`, `Invoice No.` -> invoice no */
export const wordsOf = (name: string): string[] =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');

const squeezed = (text: string): string => text.replaceAll(' ', '');

/** How well a name says a meaning: 0 to 1. */
export function likeness(name: string, meaning: string): number {
  const phrases = meanings[meaning] ?? [meaning];
  const words = wordsOf(name);
  const rank = (text: string): number => phrases.findIndex((phrase) => squeezed(phrase) === squeezed(text));
  const graded = (place: number, best: number): number => best - (place / phrases.length) * 0.1;
  const whole = rank(words.join(' '));
  if (whole >= 0) return graded(whole, 1);
  const owned = words.filter((word) => !owners.has(word));
  const bare = owned.length === words.length || owned.length === 0 ? -1 : rank(owned.join(' '));
  if (bare >= 0) return graded(bare, 0.85);
  const within = phrases.findIndex(
    (phrase) => phrase.includes(' ') && ` ${words.join(' ')} `.includes(` ${phrase} `),
  );
  return within >= 0 ? graded(within, 0.7) : 0;
}

/** The meaning of a field by its own name; the name's words where it is none of those known. */
export function meaningOf(field: string): string {
  const words = wordsOf(field).join(' ');
  const found = Object.entries(meanings).find(([, phrases]) =>
    phrases.some((phrase) => squeezed(phrase) === squeezed(words)),
  );
  return found?.[0] ?? words;
}
