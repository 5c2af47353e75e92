/** A partner with a real OpenSSH server: uploads under `.part`, renames, and sends things again. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { keygenLine, makeKey, startSshd } from '../read/sshd.ts';
import { input } from './inputs.ts';

export interface Partner {
  /** `sftp({ … })` of a pipeline that reads `<name>_*.csv*` from the outbox; the key stands in PARTNER_KEY. */
  readonly source: (name: string, more?: string) => string;
  readonly env: Readonly<Record<string, string>>;
  readonly outbox: string;
  /** Half of the file under another name first, then all of it, then its own name. */
  readonly upload: (name: string, content: Buffer) => void;
  /** The beginning of a file that is still being uploaded. */
  readonly begin: (name: string, content: Buffer) => void;
}

export async function startPartner(
  t: { readonly after: (end: () => Promise<void>) => void },
  base: string,
): Promise<Partner> {
  const outbox = path.join(base, 'outbox');
  mkdirSync(outbox, { recursive: true });
  const hostKey = makeKey(base, 'host');
  const userKey = makeKey(base, 'user');
  const sshd = await startSshd(t, base, { hostKey, authorizedKeys: `${userKey}.pub` });
  const begin = (name: string, content: Buffer): void =>
    writeFileSync(path.join(outbox, `${name}.part`), content.subarray(0, content.length / 2));
  return {
    outbox,
    begin,
    env: { PARTNER_KEY: readFileSync(userKey, 'utf8') },
    source: (name, more = '') => `sftp({ host: '127.0.0.1', port: ${sshd.port}, user: '${sshd.user}',
      auth: { key: env('PARTNER_KEY') }, hostKeys: ['${keygenLine(hostKey)}'], path: '${outbox}/${name}*', ${more} })`,
    upload: (name, content) => {
      begin(name, content);
      writeFileSync(path.join(outbox, `${name}.part`), content);
      renameSync(path.join(outbox, `${name}.part`), path.join(outbox, name));
    },
  };
}

/** Online Retail as a pipeline reads it; `source` as in `Partner`. */
export const retail = (account: string, source: string): string => `{
  account: '${account}', operation: 'hang.activity', source: ${source},
  businessDate: { fileName: '{yyyy-MM-dd}' },
  identity: { source: 'online-retail', columns: ['InvoiceNo'] },
  group: { by: 'InvoiceNo', take: { InvoiceDate: 'min' } },
  columns: {
    member: { from: 'CustomerID', clean: 'trailing .0', via: 'crosswalk' },
    activity_type_id: { constant: 'purchase' },
    value: { sum: { compute: 'Quantity * UnitPrice' } },
    transaction_timestamp: { from: 'InvoiceDate', format: 'yyyy-MM-dd HH:mm:ss', zone: 'Europe/London' },
    line_items: { item_id: { from: 'StockCode' }, value: { compute: 'Quantity * UnitPrice' } },
  },
  amount: { compute: 'Quantity * UnitPrice', currency: 'GBP' },
  where: { CustomerID: { empty: false }, InvoiceNo: { not: { matches: '^C' } } },
}`;

export const retailDay = (name: string): Buffer => readFileSync(input(`online-retail/${name}`));

/** The crosswalk of all customers of some days, as \`members import\` reads it. */
export function retailMembers(days: readonly string[]): string {
  const members = new Set<string>();
  for (const day of days) {
    for (const [, id = ''] of retailDay(day)
      .toString('utf8')
      .matchAll(/,(\d{5})\.0,[^,\n]*$/gm))
      members.add(id);
  }
  return `key,member_id\n${[...members].map((id) => `${id},mem_${id}\n`).join('')}`;
}
