/** Readers of JSON whose shape nobody has checked. Each returns something empty where the value is of another type. */

/** A JSON object, or an empty one. */
export const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

/** A JSON list, or an empty one. */
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The members of a JSON object that are numbers. */
export const numbers = (value: unknown): Record<string, number> =>
  Object.fromEntries(
    Object.entries(record(value)).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
