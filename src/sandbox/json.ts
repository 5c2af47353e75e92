/**
 * JSON without floats. A number keeps the text it was written with, both ways, so that `10.10` or a twenty-digit
 * amount is stored, added and answered exactly as it came.
 */
export class ExactNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toJSON(): unknown {
    return rawJSON(this.text);
  }
}

export type Json = null | boolean | string | ExactNumber | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** The two parts of JSON that TypeScript's library does not describe yet (Node 21 and later have them). */
interface ModernJson {
  rawJSON(text: string): unknown;
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
}
const modern = JSON as unknown as ModernJson;
const rawJSON = (text: string): unknown => modern.rawJSON(text);

/** Parses JSON; every number becomes an ExactNumber with its source text. Throws SyntaxError. */
export function parseExact(text: string): Json {
  return modern.parse(text, (_key, value, context) =>
    typeof value === 'number' ? new ExactNumber(context.source ?? String(value)) : value,
  ) as Json;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);

/** One text per meaning: keys sorted, no white space; numbers as they were written. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (isObject(value)) {
    const keys = Object.keys(value).sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
  }
  return JSON.stringify(value ?? null);
}
