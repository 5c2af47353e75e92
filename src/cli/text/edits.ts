/** What an edited errors.csv would change. */

import type { Edits } from '../../app/reruns.ts';
import { grouped } from '../../ground/decimal.ts';
import { line, plain } from '../../ground/table.ts';
import { counted } from '../../ground/words.ts';
import { maskValue } from '../../report/findings/mask.ts';

type ReadBack = Edits['back'];
type Tally = ReadBack['byColumn'][number];

const number = (count: number): string => grouped(count).padStart(7);

export function editsText({ sheet, run, back }: Edits, showValues: boolean): string[] {
  const shown = (value: string): string =>
    plain(value === '' ? '(empty)' : showValues ? value : maskValue(value));
  const saved = sheet.encoding === 'utf-8' && sheet.delimiter === ',' ? '' : ' (saved by a spreadsheet)';
  const delimiter = sheet.delimiter === '\t' ? 'tab' : `'${sheet.delimiter}'`;
  const columns = (tallies: readonly Tally[]): string[] =>
    tallies.slice(0, 4).map((tally) => `${plain(tally.column)} ${grouped(tally.rows)}`);
  const edited = [...columns(back.byColumn), ...(back.whole > 0 ? [`whole row ${grouped(back.whole)}`] : [])];
  const restored = back.restored.reduce((sum, tally) => sum + tally.rows, 0);
  const ignored = back.ignored.reduce((sum, tally) => sum + tally.rows, 0);
  return [
    `${plain(sheet.name)}: ${counted(back.rows, 'row')} of ${run}, ${delimiter}, ${sheet.encoding}${saved}`,
    `${number(back.edited)} edited      ${edited.join(', ')}`,
    `${number(back.untouched)} untouched   sent too: as they are, with today's pipeline`,
    `${number(restored)} restored    ${restored > 0 ? 'cells as received: the spreadsheet changed them by itself' : ''}`,
    ...back.restored
      .slice(0, 5)
      .map(
        ({ column, rows, deed, sample }) =>
          `                    ${plain(column)} ${grouped(rows)}, ${deed}: ${shown(sample.seen)} -> ${shown(sample.was)}`,
      ),
    ...(ignored > 0
      ? [
          `${number(ignored)} not taken   edits beside the columns at fault (--accept COLUMN): ${columns(back.ignored).join(', ')}`,
        ]
      : []),
    ...(back.already > 0 ? [`${number(back.already)} are not rejected or failed any more: left alone`] : []),
    ...back.problems.slice(0, 10).map((problem) => `  refused     ${plain(problem)}`),
    ...(back.problems.length > 10 ? [`  refused     and ${back.problems.length - 10} more`] : []),
  ].map((text) => line(text));
}

/** The same for programs; cells masked unless asked for, and no list of all rows. */
export function editsDocument({ taken: _, ...back }: ReadBack, showValues: boolean): Omit<ReadBack, 'taken'> {
  const hide = (value: string): string => (showValues ? value : maskValue(value));
  const hidden = <T extends Tally>(tally: T): T => {
    const { column, was, seen } = tally.sample;
    return { ...tally, sample: { column, was: hide(was), seen: hide(seen) } };
  };
  return {
    ...back,
    byColumn: back.byColumn.map(hidden),
    restored: back.restored.map(hidden),
    ignored: back.ignored.map(hidden),
  };
}
