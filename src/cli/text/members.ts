/** What an import of members came to, for people. */
import { type importCrosswalk, mostKeyBytes } from '../../app/members.ts';

const list = (lines: readonly number[]): string =>
  lines.slice(0, 20).join(', ') + (lines.length > 20 ? ', ...' : '');

export function importText(account: string, done: Awaited<ReturnType<typeof importCrosswalk>>): string[] {
  const { added, known, conflicts, unreadable, tooLong } = done;
  const refused = [
    ['lines with a key that names another member', conflicts],
    ['lines without a key or member that can be read', unreadable],
    [`lines with a key or member of more than ${mostKeyBytes} bytes (NORMALIZE_TOO_LONG)`, tooLong],
  ] as const;
  return [
    `${account}: ${added} added, ${known} known, ${conflicts.length} conflicting, ${unreadable.length} unreadable${tooLong.length > 0 ? `, ${tooLong.length} too long` : ''}`,
    ...refused.flatMap(([what, lines]) => (lines.length === 0 ? [] : [`  ${what}: ${list(lines)}`])),
  ];
}
