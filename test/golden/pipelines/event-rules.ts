/** What the sample pipelines leave out of the grammar: rules of events, groups and amounts. Only compiled, never run. */
import { definePipeline, local } from 'pointferry';

export default definePipeline({
  account: 'hang',
  operation: 'hang.activity',
  source: local('in/*.csv'),
  identity: { source: 'rules', columns: [{ from: 'id', clean: 'leading zeros', case: 'upper' }, 'till'] },
  group: { by: ['id', 'till'], take: { at: 'max', type: 'first' }, fill: ['card', 'phone'] },
  numbers: { '*': { decimal: ',', thousands: '.' }, share: { percent: 'fraction' } },
  columns: {
    member: { firstOf: ['card', 'phone'], via: { crosswalk: 'phone' }, unknown: 'reject' },
    activity_type_id: { from: 'type', map: { S: 'sale', '': 'other' }, otherwise: { constant: 'unknown' } },
    value: { sum: { compute: '(price - share) * pieces' }, empty: 'zero' },
    transaction_timestamp: {
      from: 'at',
      format: ['yyyy-MM-dd HH:mm:ss', 'd-MMM-yy h:mm a', 'epoch s', 'iso'],
      pivot: 70,
      zone: { from: 'clock', map: { C: 'America/Chicago', L: 'Europe/London' } },
      ambiguous: 'later',
    },
    line_items: {
      item_id: { sql: `upper("sku") || '-' || "size"` },
      value: { from: 'price', currencySign: true, parentheses: true },
      group_id: { from: 'department', optional: true, otherwise: 'keep', map: { '1': 'food' } },
    },
  },
  amount: { compute: 'price * pieces', per: 'group', currency: { from: 'currency' } },
  where: {
    or: [{ type: ['S', 'R'] }, { type: { equals: 'X' }, till: { empty: false } }],
    card: { not: { matches: '^0+$' } },
  },
});
