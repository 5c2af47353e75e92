/** Control records: the leader and the trailer of a file, which are no rows. */
import { looseCells } from './cells.ts';
import type { RecordRule } from './format.ts';
import type { Tokens } from './scan.ts';

export interface CompiledRule {
  readonly first: string | null;
  readonly match: RegExp | null;
}

export function compileRule(rule: RecordRule | null): CompiledRule | null {
  if (rule === null) return null;
  return 'first' in rule
    ? { first: rule.first, match: null }
    : { first: null, match: new RegExp(rule.match, 'u') };
}

/** The cells of the control record that this line is; null when it is none. */
export function controlCells(line: Buffer, rule: CompiledRule, t: Tokens): string[] | null {
  const fixedWidth = t.delimiter.length === 0;
  if (rule.match !== null) {
    const match = rule.match.exec(line.toString());
    if (match === null) return null;
    const groups = match.slice(1).map((group) => group ?? '');
    if (groups.length > 0) return groups;
    return fixedWidth ? [line.toString()] : looseCells(line, t);
  }
  const first = rule.first ?? '';
  if (fixedWidth)
    return line.toString().startsWith(first) ? [first, line.toString().slice(first.length)] : null;
  const cells = looseCells(line, t);
  return cells[0] === first ? cells : null;
}

const candidates = [';', ',', '\t', '|', ':', '~', '^'];

/** `the line holds ";" 9 times: is the delimiter ";"?`, when another delimiter than the stated one seems to be in use; else ''. */
export function otherDelimiter(text: string, stated: string): string {
  const counts = candidates
    .filter((candidate) => candidate !== stated)
    .map((candidate) => ({ candidate, times: text.split(candidate).length - 1 }))
    .sort((a, b) => b.times - a.times);
  const best = counts[0];
  if (best === undefined || best.times === 0) return '';
  const named = JSON.stringify(best.candidate);
  const times = best.times === 1 ? 'once' : `${best.times} times`;
  return `the line holds ${best.candidate === '\t' ? 'a tab' : named} ${times}: is the delimiter ${named}?`;
}
