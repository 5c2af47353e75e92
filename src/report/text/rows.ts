/** `errors <run>` without --group: one line per row. */
import { grouped } from '../../ground/decimal.ts';
import { cut, left, line, plain } from '../../ground/table.ts';
import type { ListedRow } from '../findings/listed-rows.ts';

/** Lines for a screen. `total` is how many rows there are. */
export function rowsText(rows: readonly ListedRow[], total: number): string[] {
  const lines = rows.flatMap((row) => {
    const where = `${cut(plain(row.file), 28)}:${row.line}`;
    return row.faults.map(({ code, field, value, reason }, index) => {
      const start =
        index === 0 ? `${left(row.id, 12)} ${left(where, 36)} ${left(row.bucket, 8)}` : ' '.repeat(58);
      const about = [[field, value].filter(Boolean).map(plain).join('='), plain(reason)]
        .filter(Boolean)
        .join('  ');
      return [line(`${start} ${code}`), ...(about === '' ? [] : [line(`${' '.repeat(13)}${about}`)])];
    });
  });
  const more =
    total > rows.length ? [`  and ${grouped(total - rows.length)} more: --out FILE, or --group`] : [];
  return [...lines.flat(), ...more];
}
