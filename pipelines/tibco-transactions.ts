/** TIBCO Reward's transactions file: fixed width, implied cents, leading zeros that belong to the numbers. */
import { definePipeline, local } from 'pointferry';

export default definePipeline({
  account: 'hang-sandbox',
  operation: 'hang.activity',
  owner: 'tibco-feed@example.com',
  description: "TIBCO Reward's transactions file, fixed width",
  source: local('inbox/tibco/*_transactions_*.txt'),

  // The layout as TIBCO publishes it; `at` counts from 1. Shorter and longer lines are damaged, one by one.
  format: {
    fixed: [
      { name: 'TransactionID', at: 1, width: 9 },
      { name: 'Store', at: 10, width: 4 },
      { name: 'Date', at: 14, width: 8 },
      { name: 'Time', at: 22, width: 6 },
      { name: 'Line', at: 28, width: 6 },
      { name: 'Amount', at: 34, width: 9 },
      { name: 'SKU', at: 43, width: 10 },
      { name: 'Qty', at: 53, width: 6 },
      { name: 'Account', at: 59, width: 13 },
      { name: 'First', at: 72, width: 16 },
      { name: 'MI', at: 88, width: 1 },
      { name: 'Last', at: 89, width: 20 },
      { name: 'State', at: 109, width: 2 },
      { name: 'Zip', at: 111, width: 9 },
      { name: 'Expiry', at: 120, width: 8 },
      { name: 'Contract', at: 128, width: 8 },
      { name: 'Reward', at: 136, width: 9 },
      { name: 'Status', at: 145, width: 1 },
    ],
  },
  // clean_20260511020000.txt: the first eight digits are the day.
  businessDate: { fileName: '_{yyyyMMdd}', zone: 'America/New_York' },

  // "Each Transaction ID must be unique within each file and across all files sent": a natural key.
  identity: { source: 'tibco', columns: ['TransactionID'] },
  group: { by: 'TransactionID' },
  // 2000 is 20.00.
  numbers: { Amount: { implied: 2 } },

  columns: {
    // The crosswalk has the number as it is printed on the card, the file pads it to 13 digits.
    member: { from: 'Account', clean: 'leading zeros', via: 'crosswalk' },
    activity_type_id: { constant: 'purchase' },
    value: { sum: 'Amount' },
    transaction_timestamp: {
      join: ['Date', 'Time'],
      with: '',
      format: 'yyyyMMddHHmmss',
      zone: 'America/New_York',
    },
    // SKUs keep their zeros: text is never read as a number.
    line_items: { item_id: { from: 'SKU' }, value: { from: 'Amount' } },
  },
  amount: { from: 'Amount', currency: 'USD' },
  // I: the account is closed.
  where: { Status: { not: 'I' } },
  thresholds: { intake: { stop: 1000 } },
});
