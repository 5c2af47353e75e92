/**
 * What a claim finds out about a state before it is sent: a newer version was accepted (superseded), the same was
 * accepted (unchanged), or it is to be sent, with the fields that nothing newer overtook. Pure.
 */
import type { FieldValue, Kind } from '../../destinations/kind.ts';
import { canonicalJson, sha256 } from './hash.ts';

/** One thing that is accepted and compared as a whole: a field, fields `together`, or all of them (`*`). */
export interface Unit {
  readonly name: string;
  readonly fields: readonly string[];
  readonly hash: string;
}

/** A row of `accepted`, seen from one operation. */
export interface AcceptedValue {
  readonly field: string;
  readonly hash: string;
  /** Its version is newer than the operation's. */
  readonly newer: boolean;
  /** A later send of it has no definite answer: it may have changed since. */
  readonly forgotten: boolean;
}

export type Fate =
  | { readonly fate: 'superseded' }
  | { readonly fate: 'unchanged'; readonly units: readonly Unit[] }
  | {
      readonly fate: 'send';
      readonly fields: Readonly<Record<string, FieldValue>>;
      readonly units: readonly Unit[];
    };

type Fields = Readonly<Record<string, FieldValue>>;

/** The units of a payload. The subject field is excluded: it names the lane. */
export function unitsOf(
  kind: Pick<Kind, 'replaces' | 'together' | 'subjectField'>,
  fields: Fields,
): readonly Unit[] {
  const names = Object.keys(fields).filter((name) => name !== kind.subjectField);
  if (kind.replaces === 'whole') return names.length === 0 ? [] : [unit('*', names, fields)];
  const groups = kind.together
    .map((group) => ({ name: group[0] ?? '', present: group.filter((name) => names.includes(name)) }))
    .filter((group) => group.present.length > 0);
  const grouped = new Set(groups.flatMap((group) => group.present));
  return [
    ...groups.map((group) => unit(group.name, group.present, fields)),
    ...names.filter((name) => !grouped.has(name)).map((name) => unit(name, [name], fields)),
  ];
}

function unit(name: string, present: readonly string[], fields: Fields): Unit {
  const values = Object.fromEntries(present.map((field) => [field, fields[field]]));
  return { name, fields: present, hash: sha256(canonicalJson(values)) };
}

/**
 * `olderUnsettled`: an older version of the subject is still to be sent or in doubt somewhere; then nothing is
 * `unchanged`, since that one may still change what the platform has.
 */
export function fateOf(
  kind: Pick<Kind, 'replaces' | 'together' | 'subjectField'>,
  fields: Fields,
  accepted: readonly AcceptedValue[],
  olderUnsettled: boolean,
): Fate {
  const known = new Map(accepted.map((value) => [value.field, value]));
  const all = unitsOf(kind, fields);
  const units = all.filter((each) => known.get(each.name)?.newer !== true);
  if (all.length === 0) return { fate: 'unchanged', units: [] }; // every cell was empty: it says nothing
  if (units.length === 0) return { fate: 'superseded' };
  const same = units.every((each) => {
    const value = known.get(each.name);
    return value !== undefined && !value.forgotten && value.hash === each.hash;
  });
  if (same && !olderUnsettled) return { fate: 'unchanged', units };
  const dropped = new Set(all.filter((each) => !units.includes(each)).flatMap((each) => each.fields));
  const left = Object.entries(fields).filter(([name]) => !dropped.has(name));
  return { fate: 'send', fields: Object.fromEntries(left), units };
}
