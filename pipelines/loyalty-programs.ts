/** Settings of membership programs, a row each. The call replaces them all, so that all must be in the file. */
import { definePipeline, local } from 'pointferry';

export default definePipeline({
  account: 'stickystreet-sandbox',
  operation: 'stickystreet.program',
  owner: 'loyalty@example.com',
  description: 'Settings of membership programs',
  source: local('inbox/programs/programs_*.csv'),
  format: { delimiter: ';' },
  businessDate: { fileName: '_{yyyy-MM-dd}', zone: 'UTC' },

  columns: {
    // 16 digits: an id, not a number. Text all the way.
    membership_program_id: { from: 'program_id' },
    membership_program_name: { from: 'name' },
    membership_style: { from: 'style', map: { points: 'A', custom: 'B' } },
    membership_time_range: { from: 'window' },
    membership_time_unit: { from: 'unit', case: 'lower', map: { days: 'D', months: 'M', years: 'Y' } },
    // Style B needs it. On style A it is left out, and `preview` says so.
    membership_custom_qualifier_name: { from: 'qualifier', optional: true },
    membership_campaigns_included: { from: 'campaigns' },
  },
});
