/** Real files, and layouts as vendors publish them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { input, inputSkip } from '../support/inputs.ts';
import { csv, guessed, guessedFile, openOf } from './support.ts';

const retail = 'online-retail/2010-12-01.csv';
const customers = 'maven-market/MavenMarket_Customers.csv';

test('Online Retail: receipts of several rows, ids out of a spreadsheet, guests, and refunds left to a person', {
  skip: inputSkip(retail),
}, async () => {
  const { pipeline, keys } = await guessedFile(input(retail), 'hang.activity');
  assert.deepEqual(pipeline.identity, { source: 'online-retail', columns: ['InvoiceNo'] });
  assert.deepEqual(pipeline.group, { by: 'InvoiceNo', take: { InvoiceDate: 'min' } });
  assert.equal(keys.group?.groups, 143);
  const { member, value, line_items } = pipeline.columns as Record<string, unknown>;
  assert.deepEqual(member, { from: 'CustomerID', clean: 'trailing .0', via: 'crosswalk', unknown: 'park' });
  assert.deepEqual(value, { sum: { compute: 'Quantity * UnitPrice' } });
  assert.deepEqual(line_items, {
    item_id: { from: 'StockCode' },
    value: { compute: 'Quantity * UnitPrice' },
  });
  const { Quantity, CustomerID } = pipeline.where as Record<string, unknown>;
  assert.match(String(Quantity), /^TODO: which rows are refunds/);
  assert.deepEqual(CustomerID, { empty: false });
});

test('Maven Market: a surname None stays a name, and days before the 13th leave the format to a person', {
  skip: inputSkip(customers),
}, async () => {
  const all = await guessedFile(input(customers), 'fabric.member');
  const columns = all.pipeline.columns as Record<string, Record<string, unknown>>;
  assert.deepEqual(columns.lastName, { from: 'last_name' });
  assert.deepEqual(all.format, {});
  assert.match(all.text, /"last_name" has 'None': empty, or a value\?/);
  assert.equal(columns.birthDate?.format, 'dd-MM-yyyy');
  assert.deepEqual(
    all.keys.unique.map(({ name }) => name),
    ['customer_id', 'customer_acct_num'],
  );
  // the first 200 days of a month below 13: nobody can tell
  const [header = '', ...lines] = (await import('node:fs'))
    .readFileSync(input(customers), 'utf8')
    .split('\n');
  const early = lines.filter((line) => {
    const dates = line.match(/\b\d\d-\d\d-\d{4}\b/g) ?? [];
    return dates.length === 2 && dates.every((date) => Number(date.slice(0, 2)) <= 12);
  });
  const some = await guessed(
    `${[header, ...early.slice(0, 200)].join('\n')}\n`,
    'fabric.member',
    'members.csv',
  );
  const { birthDate } = some.pipeline.columns as Record<string, Record<string, unknown>>;
  assert.deepEqual(birthDate?.format, ['dd-MM-yyyy', 'MM-dd-yyyy']);
  assert.ok(
    openOf(some.pipeline, 'fabric').some((line) =>
      line.includes("'dd-MM-yyyy' and 'MM-dd-yyyy' read the same text"),
    ),
  );
});

test("Square's transactions: date and time apart, dollars that may be other dollars, refunds filtered by their type", async () => {
  const header =
    'Date,Time,Time Zone,Gross Sales,Discounts,Service Charges,Net Sales,Tax,Tip,Total Collected,Transaction ID,Payment ID,Card Brand,PAN Suffix,Staff Name,Event Type,Location,Customer ID,Customer Name,Refund Reason'.split(
      ',',
    );
  const row = (i: number) => [
    '10/25/2026',
    `${(i % 12) + 1}:30:00 PM`,
    'Pacific Time (US & Canada)',
    `$1,${100 + i}.50`,
    '$0.00',
    '$0.00',
    i % 9 === 0 ? `-$${i + 4}.00` : `$1,${100 + i}.50`,
    '$1.00',
    '$0.00',
    `$1,${100 + i}.50`,
    `TRX${9000 + i}`,
    `PAY${7000 + i}`,
    'Visa',
    String(1000 + i),
    'Ann',
    i % 9 === 0 ? 'Refund' : 'Payment',
    'Main',
    i % 5 === 0 ? '' : `CUST${i}`,
    '',
    '',
  ];
  const { pipeline } = await guessed(
    csv([header, ...Array.from({ length: 60 }, (_, i) => row(i))]),
    'hang.activity',
    'transactions-2026.csv',
  );
  const { transaction_timestamp, value, member } = pipeline.columns as Record<
    string,
    Record<string, unknown>
  >;
  assert.deepEqual(
    { join: transaction_timestamp?.join, format: transaction_timestamp?.format },
    { join: ['Date', 'Time'], format: 'MM/dd/yyyy h:mm:ss a' },
  );
  assert.match(String(transaction_timestamp?.zone), /^TODO/);
  assert.deepEqual({ value, from: member?.from }, { value: { from: 'Net Sales' }, from: 'Customer ID' });
  assert.deepEqual(pipeline.numbers, { 'Net Sales': { thousands: ',', currencySign: '$' } });
  assert.match(String((pipeline.amount as Record<string, unknown>).currency), /^TODO/);
  assert.deepEqual(pipeline.where, { 'Event Type': { not: 'Refund' }, 'Customer ID': { empty: false } });
});

test("Shopify's orders: an order's cells on its first row, its total counted once", async () => {
  const header = [
    'Name',
    'Email',
    'Financial Status',
    'Paid at',
    'Currency',
    'Subtotal',
    'Total',
    'Created at',
    'Lineitem quantity',
    'Lineitem name',
    'Lineitem price',
    'Lineitem sku',
  ];
  const rows = Array.from({ length: 30 }, (_, i) => [
    [
      `#${1050 + i}`,
      `m${i}@x.example`,
      'paid',
      '2026-05-01 10:00:00 +0200',
      'EUR',
      `${i}.50`,
      `${i + 5}.50`,
      '2026-05-01 10:00:00 +0200',
      2,
      'Beans',
      '12.50',
      'ESP',
    ],
    [
      `#${1050 + i}`,
      `m${i}@x.example`,
      '',
      '',
      '',
      '',
      '',
      '2026-05-01 10:00:00 +0200',
      1,
      'Cup',
      '16.00',
      'CUP',
    ],
  ]).flat();
  const { pipeline } = await guessed(csv([header, ...rows]), 'hang.activity', 'orders_export.csv');
  assert.deepEqual(pipeline.group, { by: 'Name', fill: ['Currency', 'Subtotal'] });
  assert.deepEqual(pipeline.amount, { from: 'Subtotal', per: 'group', currency: { from: 'Currency' } });
  const { transaction_timestamp, line_items, member } = pipeline.columns as Record<
    string,
    Record<string, unknown>
  >;
  assert.deepEqual(transaction_timestamp, { from: 'Created at' });
  assert.deepEqual(line_items?.value, { compute: '"Lineitem quantity" * "Lineitem price"' });
  assert.deepEqual(member, { from: 'Email', case: 'lower', via: { crosswalk: 'email' } });
});

test("Shopify's customers and TIBCO's transactions: apostrophes come off, leading zeros stay", async () => {
  const customers = [
    'Customer ID',
    'First Name',
    'Last Name',
    'Email',
    'Default Address Zip',
    'Phone',
    'Tags',
  ];
  const people = Array.from({ length: 30 }, (_, i) => [
    `'72104483011${22 + i}`,
    'Nora',
    'Ek',
    `n${i}@x.example`,
    "'0123",
    `'+316123456${10 + i}`,
    'retail, vip',
  ]);
  const shop = await guessed(csv([customers, ...people]), 'hang.member', 'customers_export.csv');
  const mapped = shop.pipeline.columns as Record<string, Record<string, unknown>>;
  assert.deepEqual(mapped.member, {
    from: 'Customer ID',
    clean: 'leading apostrophe',
    via: 'crosswalk',
    unknown: 'park',
  });
  assert.deepEqual(mapped.phone, { from: 'Phone', clean: 'leading apostrophe' });
  const header = [
    'TransactionID',
    'RetailLocID',
    'ReceiptDateTime',
    'CustomerEMail',
    'LineNumber',
    'ItemSKU',
    'Quantity',
    'ExtendedAmount',
    'CardNumber',
  ];
  const lines = Array.from({ length: 40 }, (_, i) => [
    `00092006${String(18053 + (i >> 1)).padStart(5, '0')}`,
    '00072',
    '2018-09-06 00:14:21',
    '',
    `00${(i % 2) + 1}`,
    `0014${String(i).padStart(2, '0')}`,
    '000001',
    '000004.40',
    `60001234567890${String(i >> 1).padStart(2, '0')}`,
  ]);
  const tibco = await guessed(
    csv([header, ...lines]),
    'hang.activity',
    'client_transactions_20260511020000.csv',
  );
  assert.deepEqual(tibco.pipeline.group, { by: 'TransactionID' });
  const { member, value, line_items } = tibco.pipeline.columns as Record<string, Record<string, unknown>>;
  assert.deepEqual(
    { from: member?.from, value, item_id: line_items?.item_id },
    { from: 'CardNumber', value: { sum: 'ExtendedAmount' }, item_id: { from: 'ItemSKU' } },
  );
  assert.deepEqual(tibco.pipeline.businessDate, { fileName: 'client_transactions_{yyyyMMdd}' });
});

test('nobody stands in what was written: no cell of a person', async () => {
  const people = Array.from({ length: 30 }, (_, i) => [
    `P${i}`,
    `Zebulon${i}`,
    `Quux${i}`,
    `z${i}@private.example`,
    `+4917012345${10 + i}`,
    `19${50 + i}-02-03`,
  ]);
  const { text } = await guessed(
    csv([['member_id', 'first_name', 'last_name', 'email', 'phone', 'birthday'], ...people]),
    'hang.member',
  );
  assert.doesNotMatch(text, /Zebulon|Quux|private\.example|4917012345|02-03/);
});

test('only the beginning of a large file is read, and its end for a trailer', async () => {
  const lines = Array.from({ length: 60_000 }, (_, i) => `T${i},C${i % 900},${i}.50,2026-05-12 10:00:00\n`);
  const content = `transaction_id,customer_id,amount,at\n${lines.join('')}T,60000,,\n`;
  const guess = await guessed(content, 'hang.activity', 'large.csv', 200_000);
  assert.deepEqual(
    { whole: guess.whole, damaged: guess.damaged, format: guess.format },
    { whole: false, damaged: 0, format: { trailer: { first: 'T' } } },
  );
  assert.ok(guess.rows > 4000 && guess.rows < 6000, `${guess.rows} rows`);
});
