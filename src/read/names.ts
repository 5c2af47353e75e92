/** Names that come from outside: what is refused, how they are shown, how they are ordered. */

/** Returns why a name is refused, or null. A name is data: it never becomes part of a local path. */
export function nameFault(name: string): string | null {
  if (name === '' || name === '.' || name === '..') return 'it is not a name';
  if (/[/\\]/.test(name)) return 'it holds a path separator';
  if (/[\u0000-\u001f\u007f-\u009f]/.test(name)) return 'it holds a control character';
  // Marks that turn the direction of text make a name look like another one.
  if (/[\u2028\u2029\u202a-\u202e\u2066-\u2069]/.test(name)) return 'it holds an invisible mark';
  if (name.includes('\ufffd')) return 'it is not UTF-8';
  if (name.startsWith('-')) return 'it begins with a dash';
  if (Buffer.byteLength(name) > 255) return 'it is longer than 255 bytes';
  return null;
}

/** A name with control characters and invisible marks escaped. */
export function escaped(name: string): string {
  return name.replace(
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (c) => `\\u{${c.charCodeAt(0).toString(16)}}`,
  );
}

const shown = 120;

/** The same, cut where it is long: for messages. */
export function printable(name: string): string {
  const text = escaped(name);
  return text.length <= shown ? text : `${text.slice(0, shown)}...`;
}

/**
 * Orders names as people do: runs of digits by their number, all else by code unit, so `part2` comes before `part10`.
 * Total: equal only for equal names. Independent of the locale, so that two machines agree.
 */
export function naturalCompare(a: string, b: string): number {
  const left = a.match(/\d+|\D+/g) ?? [];
  const right = b.match(/\d+|\D+/g) ?? [];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = compareRuns(left[i] ?? '', right[i] ?? '');
    if (order !== 0) return order;
  }
  return left.length - right.length || compareText(a, b);
}

function compareRuns(a: string, b: string): number {
  if (!/^\d/.test(a) || !/^\d/.test(b)) return compareText(a, b);
  const x = a.replace(/^0+/, '');
  const y = b.replace(/^0+/, '');
  return x.length - y.length || compareText(x, y);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
