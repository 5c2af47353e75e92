/** The rooms of src/: who imports whom is what docs/architecture.md says, and no file imports itself by way of others. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';

const root = path.join(import.meta.dirname, '..');
const files = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .sort();

/** The files of src/ that a file of src/ imports, types included; `static`: without those that it loads when they are needed. */
function importsOf(file: string, which: 'all' | 'static'): string[] {
  const text = readFileSync(path.join(root, 'src', file), 'utf8');
  const found = text.matchAll(
    /^(?:import|export|\} from)\b.*?'(\.[^']+\.ts)';?$|\bimport\('(\.[^']+\.ts)'\)/gm,
  );
  const names = [...found].flatMap(([, named, called]) => named ?? (which === 'all' ? (called ?? []) : []));
  return names.map((name) => path.join(path.dirname(file), name));
}
const imports = new Map(files.map((file) => [file, importsOf(file, 'all')]));
/** What is loaded when it is needed closes no circle: a list of verbs may load a verb that shows the list. */
const evaluated = new Map(files.map((file) => [file, importsOf(file, 'static')]));

/** The folder, or in the room of reports the folder in it. */
function roomOf(file: string): string {
  const [room = '', inner = '', ...rest] = file.split('/');
  return room === 'report' && rest.length > 0 ? `report/${inner}` : room;
}

/** By room, from the table under "Who may import whom". */
function readTable(): Map<string, Set<string>> {
  const page = readFileSync(path.join(root, 'docs/architecture.md'), 'utf8');
  const rows = page.split('| room | may import |')[1]?.split('\n\n')[0]?.split('\n').slice(2) ?? [];
  return new Map(
    rows.map((row) => {
      const [, room = '', allowed = ''] = row.split('|');
      return [namesIn(room)[0] ?? '', new Set(namesIn(allowed))];
    }),
  );
}
const namesIn = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

/** Arrows that the table does not allow and that are still there. None is added. */
const stillThere: readonly string[] = [];

test('rooms import what docs/architecture.md allows, and nothing else', () => {
  const table = readTable();
  const wrong = new Set<string>();
  for (const [file, targets] of imports)
    for (const target of targets) {
      const [from, to] = [roomOf(file), roomOf(target)];
      const isAllowed =
        from === to || table.get(from)?.has(to) === true || stillThere.includes(`${from} -> ${to}`);
      if (!isAllowed) wrong.add(`${file} -> ${target}`);
    }
  assert.deepEqual([...wrong], []);
});

test('every room stands in the table, and every room of the table is there', () => {
  const rooms = new Set(files.map(roomOf));
  const named = [...readTable().keys()];
  assert.deepEqual(
    [...rooms].filter((room) => !named.includes(room)),
    [],
  );
  assert.deepEqual(
    named.filter((room) => !rooms.has(room)),
    [],
  );
});

test('no file imports itself by way of others', () => {
  assert.deepEqual(circles(), []);
});

/** Strongly connected files (Tarjan), each as a line of its files in order. */
function circles(): string[] {
  const numbers = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const found: string[] = [];
  const visit = (file: string): number => {
    const number = numbers.size;
    numbers.set(file, number);
    lowest.set(file, number);
    stack.push(file);
    for (const target of evaluated.get(file) ?? []) {
      const reached = numbers.has(target)
        ? stack.includes(target)
          ? numbers.get(target)
          : undefined
        : visit(target);
      if (reached !== undefined) lowest.set(file, Math.min(lowest.get(file) ?? number, reached));
    }
    const low = lowest.get(file) ?? number;
    if (low === number) {
      const group = stack.splice(stack.indexOf(file));
      if (group.length > 1) found.push(group.sort().join(' '));
    }
    return low;
  };
  for (const file of files) if (!numbers.has(file)) visit(file);
  return found.sort();
}
