/** What was guessed of a sample, for people and for programs. */
import type { Guessed } from '../../app/definitions.ts';

export function guessText({ guess, open, isWritten }: Guessed, file: string): string[] {
  const { columns, keys, format, rows, damaged, whole, remarks } = guess;
  const stated = Object.entries(format).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  const wide = Math.min(30, Math.max(0, ...columns.map(({ name }) => name.length)));
  const unique = keys.unique.slice(0, 5).map(({ name }) => name);
  return [
    `${whole ? 'all' : 'the first'} ${rows.toLocaleString('en')} rows, ${columns.length} columns${damaged > 0 ? `, ${damaged} damaged records` : ''}`,
    `format: ${stated.length === 0 ? 'comma, UTF-8, header in the file' : stated.join(', ')}`,
    ...columns.map((column) => columnLine(column, wide, rows)),
    ...(unique.length > 0 ? [`different on every row: ${unique.join(', ')}`] : []),
    ...keys.pairs.slice(0, 3).map(([a, b]) => `different on every row together: ${a.name} + ${b.name}`),
    ...(keys.group
      ? [`rows belong together by: ${keys.group.by.name} (${keys.group.groups.toLocaleString('en')} groups)`]
      : []),
    ...remarks,
    '',
    `${isWritten ? 'written' : 'would write'}: ${file}`,
    ...(open.length > 0 ? ['open questions (check fails until they are answered):'] : []),
    ...open.map(({ path, reason }) => `  ${path}: ${reason}`),
  ];
}

function columnLine(column: Guessed['guess']['columns'][number], wide: number, rows: number): string {
  const how = column.time?.formats.join(' or ') ?? column.clock ?? '';
  const share = Math.round((column.empty / Math.max(1, rows)) * 100);
  const empty = column.empty === 0 ? '' : `${share === 0 ? 'under 1' : share}% empty`;
  const rest = [how, empty].filter(Boolean).join(', ');
  return `  ${column.name.padEnd(wide)}  ${column.type.padEnd(9)} ${rest}`.trimEnd();
}

export function guessDocument({ guess, open }: Guessed, file: string): object {
  const { columns, keys, format, rows, damaged, whole, remarks, pipeline } = guess;
  return {
    file,
    sample: { rows, damaged, whole },
    format,
    columns: columns.map(
      ({ name, type, empty, distinct, nulls, clean, number, time, clock, misfits, leadingZeros }) => ({
        name,
        type,
        empty,
        distinct,
        nulls,
        clean,
        number: number?.form ?? null,
        formats: time?.formats ?? (clock === null ? null : [clock]),
        ambiguous: time?.ambiguous === true || number?.ambiguous === true,
        leadingZeros,
        misfits,
      }),
    ),
    keys: {
      unique: keys.unique.map(({ name }) => name),
      pairs: keys.pairs.map((pair) => pair.map(({ name }) => name)),
      group: keys.group && {
        by: keys.group.by.name,
        groups: keys.group.groups,
        fill: keys.group.fill.map(({ name }) => name),
      },
    },
    remarks,
    pipeline,
    open,
  };
}
