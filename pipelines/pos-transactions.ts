/** Receipts of the cash registers: pipes, windows-1252, one row per line of a receipt, one activity per receipt. */
import { definePipeline, local } from 'pointferry';

export default definePipeline({
  account: 'hang-sandbox',
  operation: 'hang.activity',
  owner: 'pos-team@example.com',
  description: 'Receipts of the cash registers, one row per line',

  // The registers write while we look: a file counts once nobody has touched it for five seconds.
  source: local({ path: 'inbox/pos/transactions_*.txt', ready: { stableFor: '5s' } }),
  format: { delimiter: '|', encoding: 'windows-1252', nulls: ['NULL'] },

  // Night 12 may arrive before night 11; the day in the name puts them in order.
  businessDate: { fileName: '_{yyyyMMdd}', zone: 'America/Chicago' },

  // The same receipt in a second file is not sent again, whatever the file is called and wherever its rows stand.
  identity: { source: 'pos', columns: ['transaction_id'] },

  // A receipt is whole or not sent at all. Registers stamp each line; the receipt counts from its first.
  group: { by: 'transaction_id', take: { occurred_at: 'min' } },

  columns: {
    // Not enrolled yet? The receipt waits (30 days, unless parkFor says otherwise) and goes out when the member is known.
    member: { from: 'member_id', via: 'crosswalk', unknown: 'park' },
    // A type that is not in the list is rejected: better a question tomorrow than points of the wrong kind tonight.
    activity_type_id: { from: 'type', map: { purchase: 'purchase', gift_card: 'gift-card' } },
    value: { sum: 'line_amount' },
    transaction_timestamp: { from: 'occurred_at', format: 'dd-MM-yyyy HH:mm', zone: 'America/Chicago' },
    // One item per row of the receipt. A single line may be negative (a voucher); the receipt may not.
    line_items: {
      item_id: { from: 'sku' },
      value: { from: 'line_amount' },
      group_id: { from: 'department' },
    },
  },

  // For the books alone: what was read, against what became of it, to the cent.
  amount: { from: 'line_amount', per: 'row', currency: 'USD' },

  // Hang has no refunds: one that is posted would ADD points. Guests have nobody to give points to.
  where: { type: { not: 'refund' }, member_id: { empty: false } },

  thresholds: { intake: { warn: '1%', stop: 1000 }, push: { stop: '5%', after: 200 } },
});
