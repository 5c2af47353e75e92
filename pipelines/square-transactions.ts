/** Square's transactions export: money as "$1,234.50", refunds as "-$45.00" or "($45.00)", date and time apart. */
import { definePipeline, local } from 'pointferry';

export default definePipeline({
  account: 'hang-sandbox',
  operation: 'hang.activity',
  owner: 'stores@example.com',
  description: "Square's transactions export",
  source: local('inbox/square/transactions-*.csv'),

  // Columns are found by name: the layouts of 2017 (37 columns) and 2026 (55) are read by the same pipeline.
  format: { extra: 'accept' },
  // How Square writes money, for every number here.
  numbers: { '*': { currencySign: '$', thousands: ',', parentheses: true } },

  identity: { source: 'square', columns: ['Payment ID'] },
  columns: {
    member: { from: 'Customer ID', via: { crosswalk: 'square' } },
    activity_type_id: { constant: 'purchase' },
    value: { from: 'Net Sales' },
    transaction_timestamp: {
      join: ['Date', 'Time'],
      // Old exports, then new ones. Tried in this order; 10/05/2026 is the fifth of October.
      format: ['yyyy-MM-dd HH:mm:ss', 'MM/dd/yyyy h:mm:ss a'],
      // Each shop has its own clock, under names of Square's. A name that is not here rejects the row: better than
      // an hour or three off.
      zone: {
        from: 'Time Zone',
        map: {
          'Pacific Time (US & Canada)': 'America/Los_Angeles',
          'Eastern Time (US & Canada)': 'America/New_York',
        },
      },
    },
  },
  amount: { from: 'Net Sales', currency: 'USD' },

  // Refunds are an event of their own here. Whoever paid as nobody in particular has no points to get.
  where: { 'Event Type': 'Payment', 'Customer ID': { empty: false } },
  thresholds: { intake: { warn: 20, stop: 1000 } },
});
