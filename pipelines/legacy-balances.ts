/** Opening balances of the old system: each member's points, once, ever. */
import { definePipeline, local } from 'pointferry';

export default definePipeline({
  account: 'hang-sandbox',
  operation: 'hang.activity',
  owner: 'migration@example.com',
  description: 'Opening balances out of the old system',
  source: local('inbox/legacy/balances_*.csv'),

  // First a record H, last a record T that counts the rows: only so can a file tell that it is complete.
  format: { leader: { first: 'H' }, trailer: { first: 'T' }, control: { count: 2 } },

  // The member is the key: a second balance of the same member is a duplicate, or a question for a person.
  identity: { source: 'legacy-balances', columns: [{ from: 'member_no', clean: 'trailing .0' }] },

  columns: {
    // 100001.0 went through a spreadsheet. Only a `.0` that is stated here is taken off.
    member: { from: 'member_no', clean: 'trailing .0', via: 'crosswalk' },
    // An activity type that gives one point per unit, and no bonus: points are carried over, not earned again.
    activity_type_id: { constant: 'opening-balance' },
    value: { from: 'balance' },
    transaction_timestamp: { from: 'as_of', format: 'yyyy-MM-dd', zone: 'America/Chicago' },
  },
  amount: { from: 'balance', currency: 'PTS' },

  // Nothing to carry over: 0, 0.00. An empty balance is not zero, and is rejected.
  where: { balance: { not: { matches: '^[+-]?0+([.]0*)?$' } } },
  parkFor: '90d',
  thresholds: { intake: { warn: '1%', stop: 1000 } },
});
