import { createHash } from 'node:crypto';
import { isExactNumber } from '../../destinations/json.ts';

/** JSON with sorted keys and no white space: equal values have equal texts, whatever order they came in. */
export function canonicalJson(value: unknown): string {
  if (value === undefined) return 'null';
  if (isExactNumber(value)) return value.rawJSON;
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, part]) => `${JSON.stringify(name)}:${canonicalJson(part)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value);
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
