/** Cells, values and requests of a preview, for people. */
import type { Previewed, PreviewedOperation } from '../../app/rehearsals.ts';
import { printable } from '../../ground/log.ts';

export function previewText({ name, notTaken, rows, operations }: Previewed): string[] {
  return [
    ...notTaken.map(({ name, code, reason }) => `${printable(name)}: not taken: ${code}: ${reason}`),
    ...(name === null ? [] : [`${printable(name)}   values as they are: this screen is not masked`]),
    ...rows.flatMap(rowLines),
    ...operations.flatMap(operationLines),
    ...(rows.length > 0 ? ['nothing was sent, and nothing was marked as seen'] : []),
  ];
}

function rowLines(row: Previewed['rows'][number]): string[] {
  const head = `record ${row.record}, line ${row.line}${row.group === null ? '' : `, group ${printable(row.group)}`}`;
  const amount =
    row.amount === null
      ? row.unreadable
        ? '   amount unreadable'
        : ''
      : `   ${row.amount} ${row.currency ?? ''}`;
  const fields = row.fields.map((field) => {
    const cells = Object.entries(field.cells).map(
      ([column, cell]) => `${printable(column)}=${cell === null ? '' : JSON.stringify(cell)}`,
    );
    const value = field.cleared ? '(cleared)' : (field.value ?? '(empty)');
    return `    ${field.path.padEnd(24)} ${printable(value)}${cells.length > 0 ? `   <- ${cells.join(', ')}` : ''}`;
  });
  const faults = row.faults.map((fault) => `    !! ${fault.code}  ${fault.columns}: ${fault.reason}`);
  return [`${head}${amount}${row.filtered ? '   filtered' : ''}`, ...(row.filtered ? [] : fields), ...faults];
}

const met = {
  joins: 'was accepted before with the same content: would be a duplicate',
  changed: 'was delivered with other content: would be rejected',
  replaces: 'corrects what was not accepted yet',
  conflict: 'stands in an earlier run with other content: would be rejected',
} as const;

function operationLines({ operation, request }: PreviewedOperation): string[] {
  const lines = [
    `  -> ${operation.identity ?? operation.memberKey ?? `record ${operation.record}`}: ${operation.status}`,
  ];
  for (const fault of operation.faults)
    lines.push(`     !! ${fault.code}  ${fault.columns}: ${fault.reason}`);
  if (operation.decision) lines.push(`     ${met[operation.decision]}`);
  if (operation.subject === null && operation.status === 'ok')
    lines.push('     its member is not in the crosswalk: would wait');
  if (!request) return lines;
  lines.push(`     ${request.method} ${request.url}`);
  for (const [name, value] of Object.entries(request.headers)) lines.push(`     ${name}: ${value}`);
  if (request.body !== null) lines.push(...request.body.split('\n').map((line) => `     ${line}`));
  for (const remark of request.remarks) lines.push(`     mind: ${remark}`);
  return lines;
}
