/** Which columns of a file may hold what belongs to a person, as far as a program can know. */

import type { Definition } from '../../ledger/run.ts';
import { maskValue } from './mask.ts';
import { sourceColumnsOf } from './source-columns.ts';

const personalName =
  /name|mail|phone|mobile|address|street|city|zip|postal|birth|dob|gender|member|customer|client|card|user|person|account|loyalty/i;
const personalValue = /@|\d{7,}/;

/** Columns that make the member, those of a member's own fields, and those whose name sounds like it. */
export function isPersonal(definition: Definition, column: string): boolean {
  if (personalName.test(column)) return true;
  if (sourceColumnsOf(definition, 'member').includes(column)) return true;
  const aboutMembers = definition.operation.endsWith('.member');
  return (
    aboutMembers &&
    Object.keys(definition.columns).some((field) => sourceColumnsOf(definition, field).includes(column))
  );
}

/** A value that many rows share (a store, a type), shown where it cannot be a person's. */
export const shownCategory = (definition: Definition, column: string, value: string): string =>
  isPersonal(definition, column) || personalValue.test(value) ? maskValue(value) : value;
