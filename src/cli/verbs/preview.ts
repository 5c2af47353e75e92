import { onStage, type Scene } from '../../app/rehearsals.ts';
import { resolveAccount } from '../../destinations/account.ts';
import { loadPlatforms } from '../../destinations/index.ts';
import type { AccountAccess, Outgoing } from '../../destinations/kind.ts';
import { exit, PointferryError } from '../../ground/errors.ts';
import { printable } from '../../ground/log.ts';
import { type Preview, type PreviewOperation, type PreviewRow, preview } from '../../normalize/preview.ts';
import { type Context, verb } from '../command.ts';
import { count, files } from '../options.ts';

/** The account with its secrets, or with names in their place where the environment does not hold them. */
async function accessOf(context: Context, { found }: Scene): Promise<AccountAccess> {
  const { pipeline, account } = found;
  const platform = (await loadPlatforms()).get(account.platform);
  if (!platform)
    throw new PointferryError('CONFIG_INVALID', `this version does not know ${account.platform}`);
  const standIns = Object.fromEntries(
    Object.values(account).flatMap((value) =>
      typeof value === 'object' && value !== null && 'env' in value
        ? [[String(value.env), `$${String(value.env)}`]]
        : [],
    ),
  );
  const baseUrl =
    typeof account.baseUrl === 'string'
      ? {}
      : { [account.baseUrl.env]: `https://${account.baseUrl.env.toLowerCase().replaceAll('_', '-')}` };
  return resolveAccount(pipeline.account, account as never, platform, {
    ...standIns,
    ...baseUrl,
    ...context.env,
  });
}

interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly remarks: readonly string[];
}

/** The very request, without its credentials: those are put in at the moment of sending. */
function requestOf(operation: PreviewOperation, scene: Scene, account: AccountAccess): Request | null {
  if (operation.status !== 'ok' || operation.fields === null) return null;
  const out: Outgoing = {
    account,
    subject: operation.subject ?? '{member}',
    key: operation.key ?? '{key}',
    fields: operation.fields,
  };
  const { method, url, headers, body } = scene.kind.build(out);
  return { method, url, headers, body, remarks: scene.kind.remarks?.(out) ?? [] };
}

function rowLines(row: PreviewRow): string[] {
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

function operationLines(operation: PreviewOperation, request: Request | null): string[] {
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

const command = verb({
  description:
    'Shows the cells, the typed values and the request of the first rows, made by the same code as in a run. Values are not masked. It sends nothing and records nothing.',
  positionals: [1, 1],
  examples: [
    ['pointferry preview pos-transactions', 'the first rows of the first file'],
    ['pointferry preview pos-transactions --file sales.csv --row 2', 'one record and its group'],
  ],
  options: {
    file: files('local file instead of the source'),
    row: count('first record to show, from 1', { expected: 'a number from 1' }),
    limit: count('number of records (default 3, or 1 with --row)', { expected: 'a number from 1' }),
  },
  async run(context) {
    const { row } = context.flags;
    const limit = context.flags.limit ?? (row === undefined ? 3 : 1);
    const shown = await onStage(context, 1, async (scene) => {
      const [file] = scene.files;
      if (!file) return { name: null, notTaken: scene.notTaken, rows: [], operations: [] };
      const account = await accessOf(context, scene);
      const seen: Preview = await preview(scene.client, {
        pipeline: scene.found.pipeline,
        kind: scene.kind,
        file,
        businessDate: file.businessDate,
        limit,
        ...(row === undefined ? {} : { record: row }),
      });
      const operations = seen.operations.map((operation) => ({
        operation,
        request: requestOf(operation, scene, account),
      }));
      return { name: file.name, notTaken: scene.notTaken, rows: seen.rows, operations };
    });
    context.document(shown);
    for (const { name, code, reason } of shown.notTaken)
      context.say(`${printable(name)}: not taken: ${code}: ${reason}`);
    if (shown.name !== null)
      context.say(`${printable(shown.name)}   values as they are: this screen is not masked`);
    for (const each of shown.rows) for (const line of rowLines(each)) context.say(line);
    for (const { operation, request } of shown.operations)
      for (const line of operationLines(operation, request)) context.say(line);
    if (shown.rows.length > 0) context.say('nothing was sent, and nothing was marked as seen');
    return shown.notTaken.length > 0 && shown.rows.length === 0 ? exit.rows : exit.ok;
  },
});
export default command;
