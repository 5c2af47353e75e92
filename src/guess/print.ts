/** A literal as TypeScript that people go on with: notes stand above the keys they are about. */

const width = 110;
const identifier = /^[A-Za-z_$][\w$]*$/;

export const textLiteral = (text: string): string => {
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  return escaped.includes("'") && !escaped.includes('"')
    ? `"${escaped}"`
    : `'${escaped.replaceAll("'", "\\'")}'`;
};

/** An object literal; `notes` by key path (`columns.value`). */
export function printObject(
  value: Readonly<Record<string, unknown>>,
  notes: ReadonlyMap<string, string>,
  path = '',
  indent = '',
): string {
  const inner = `${indent}  `;
  const lines = Object.entries(value).flatMap(([key, item]) => {
    const at = path === '' ? key : `${path}.${key}`;
    const note = notes.get(at);
    const name = identifier.test(key) ? key : textLiteral(key);
    return [
      ...(note === undefined ? [] : wrapped(note, inner)),
      `${inner}${name}: ${printValue(item, notes, at, inner, name.length + 3)},`,
    ];
  });
  return `{\n${lines.join('\n')}\n${indent}}`;
}

function printValue(
  value: unknown,
  notes: ReadonlyMap<string, string>,
  path: string,
  indent: string,
  before: number,
): string {
  if (typeof value === 'string') return textLiteral(value);
  if (value instanceof Call) return value.text;
  if (typeof value !== 'object' || value === null) return String(value);
  const short = flat(value);
  const noted = [...notes.keys()].some((key) => key.startsWith(`${path}.`));
  if (!noted && indent.length + before + short.length < width) return short;
  if (!Array.isArray(value)) return printObject(value as Record<string, unknown>, notes, path, indent);
  const items = value.map(
    (item, at) => `${indent}  ${printValue(item, notes, `${path}[${at}]`, `${indent}  `, 0)},`,
  );
  return `[\n${items.join('\n')}\n${indent}]`;
}

function flat(value: unknown): string {
  if (typeof value === 'string') return textLiteral(value);
  if (value instanceof Call) return value.text;
  if (Array.isArray(value)) return `[${value.map(flat).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).map(
    ([key, item]) => `${identifier.test(key) ? key : textLiteral(key)}: ${flat(item)}`,
  );
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

/** Source text that stands in the literal as it is: `local('in/*.csv')`. */
export class Call {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A comment, no longer than a line may be. */
export function wrapped(note: string, indent: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of note.replace(/\s+/g, ' ').split(' ')) {
    if (line !== '' && indent.length + 3 + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((text) => `${indent}// ${text}`);
}
