/** Which of a kind's fields an error text or code speaks of. */
import type { Described } from './answer.ts';

/** Other spellings of a field in answers, e.g. { birthdate: 'birthDate' }; a name may have several. */
export type Aliases = Readonly<Record<string, string>>;

/** Names that are also plain words of error texts: they count only where no other field is named. */
const plainWords = new Set(['value', 'member', 'prefix', 'suffix', 'status']);

/**
 * The one field that a text or code names: `PHONE_IS_INVALID`, `external_user_id has been taken`, `"firstName"`.
 * Names are compared word by word, whatever their case and separators; parts of a list's item count as the list.
 * Undefined where none is named, or several are.
 */
export function fieldOfRefusal(text: string, kind: Described, aliases: Aliases = {}): string | undefined {
  const words = ` ${wordsOf(text.slice(0, 4000))} `;
  const found = namesOf(kind, aliases).filter(([name]) => words.includes(` ${wordsOf(name)} `));
  const outermost = found.filter(
    ([name]) =>
      !found.some(
        ([other]) => wordsOf(other) !== wordsOf(name) && ` ${wordsOf(other)} `.includes(` ${wordsOf(name)} `),
      ),
  );
  const named = new Set(outermost.map(([, field]) => field));
  const fields = [...named].filter((field) => !partOfAnother(field, named, kind));
  const telling = fields.filter((field) => !plainWords.has(field));
  const candidates = telling.length > 0 ? telling : fields;
  return candidates.length === 1 ? candidates[0] : undefined;
}

/** `family_member_birthdays[0].birthday` speaks of the list, though the member has a birthday too. */
function partOfAnother(field: string, named: ReadonlySet<string>, kind: Described): boolean {
  return [...named].some((other) => other !== field && Object.hasOwn(kind.fields[other]?.item ?? {}, field));
}

function namesOf(kind: Described, aliases: Aliases): readonly (readonly [string, string])[] {
  const declared = Object.entries(kind.fields).flatMap(([name, field]) => [
    [name, name] as const,
    ...Object.keys(field.item ?? {})
      .filter((part) => !Object.hasOwn(kind.fields, part))
      .map((part) => [part, name] as const),
  ]);
  return [...declared, ...Object.entries(aliases)];
}

/** 'firstName', 'FIRST_NAME' and 'first name' -> 'first name'; 'addressLine1' -> 'address line1'. */
function wordsOf(text: string): string {
  return text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
}
