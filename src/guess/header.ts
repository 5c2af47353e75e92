/** Does the first record name the columns? */
import { trimmed } from './cells.ts';
import { profileOf } from './profile.ts';
import { likeness } from './words.ts';

type Records = readonly (readonly string[])[];

const known = [
  'member',
  'event',
  'when',
  'value',
  'quantity',
  'price',
  'item',
  'type',
  'first name',
  'last name',
  'email',
  'phone',
];

/** Names are words, different from each other, and unlike what stands below them. */
export function hasHeader(records: Records): boolean {
  const [first, ...rest] = records;
  if (first === undefined) return true;
  const names = first.map(trimmed).filter((name) => name !== '');
  if (names.length < first.length / 2 || names.some(isValue)) return false;
  if (rest.length === 0 || names.some((name) => known.some((meaning) => likeness(name, meaning) >= 0.9)))
    return true;
  const below = rest.slice(0, 200);
  const columns = first.map((_, place) =>
    profileOf(
      '',
      place,
      below.map((record) => record[place] ?? ''),
    ),
  );
  const differs = columns.some((column) => !['empty', 'text', 'enum'].includes(column.type));
  const recurs = columns.filter((_, place) =>
    below.some((record) => record[place] === first[place] && first[place] !== ''),
  ).length;
  return differs || (recurs === 0 && new Set(names).size === names.length && names.every(isName));
}

/** Numbers, dates, addresses: no names of columns. */
const isValue = (text: string): boolean =>
  /^[-+(]?\p{Sc}?\d[\d.,:/\-\s]*\)?$/u.test(text) ||
  /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) ||
  /^\d{1,4}[-/.]\d/.test(text);
const isName = (text: string): boolean =>
  text.length <= 64 && /^[\p{L}_#][\p{L}\p{N}_ .,()#&/%'-]*$/u.test(text);
