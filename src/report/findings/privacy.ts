/** Which columns of a file may say something about a person: what the kind declares of the fields that they make. */
import { loadKinds } from '../../destinations/index.ts';
import type { Kind } from '../../destinations/kind.ts';
import type { RunFile } from '../../ledger/file.ts';
import { columnsOfField, type Mapped } from './source-columns.ts';

export interface Privacy {
  /** Null for a kind that this version does not know. */
  readonly subjectType: Kind['subjectType'] | null;
  /** The field that names the member or program. */
  readonly subjectField: string;
  /** Fields of the kind that say something about a person, as paths. */
  readonly personal: readonly string[];
  /** The other ones. */
  readonly open: readonly string[];
}

type Described = Pick<Kind, 'fields' | 'subjectField' | 'subjectType'>;

export async function privacyOfKind(name: string): Promise<Privacy> {
  return privacyOf((await loadKinds()).get(name));
}

/** A member's id is personal, whatever its field is called. */
export function privacyOf(kind: Described | undefined): Privacy {
  if (!kind) return { subjectType: null, subjectField: 'member', personal: [], open: [] };
  const { fields, subjectField, subjectType } = kind;
  const paths = Object.entries(fields).flatMap(([name, { personal = false, item = {} }]) => {
    if (personal || (name === subjectField && subjectType === 'member'))
      return [{ path: name, personal: true }];
    const items = Object.entries(item).map(([key, one]) => ({
      path: `${name}.${key}`,
      personal: one.personal === true,
    }));
    return items.length > 0 ? items : [{ path: name, personal: false }];
  });
  const of = (wanted: boolean): string[] =>
    paths.filter(({ personal }) => personal === wanted).map(({ path }) => path);
  return { subjectType, subjectField, personal: of(true), open: of(false) };
}

/** Columns that name the subject: those of its field, or what is looked up in the crosswalk. */
export function subjectColumns(
  { subjectField }: Privacy,
  definition: Mapped,
  file: RunFile,
): readonly string[] {
  const own = columnsOfField(definition, subjectField, true, file);
  return own.length > 0 ? own : columnsOfField(definition, 'member', true, file);
}

/** Not declared: no field is made of the column, so its content is not known. */
export type Declared = 'personal' | 'open' | 'not-declared';

export function declaredAs(privacy: Privacy, definition: Mapped, file: RunFile, column: string): Declared {
  const makes = (field: string): boolean => columnsOfField(definition, field, true, file).includes(column);
  const isMember =
    privacy.subjectType !== 'program' && subjectColumns(privacy, definition, file).includes(column);
  if (isMember || privacy.personal.some(makes)) return 'personal';
  return privacy.open.some(makes) ? 'open' : 'not-declared';
}

/** An e-mail address or a long number: masked in any column. */
export const looksPersonal = (value: string): boolean => /@|\d{7,}/.test(value);
