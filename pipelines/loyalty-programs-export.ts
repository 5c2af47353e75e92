/** The same settings as another tool exports them: tabs, two lines about itself, comments, "12 M" in one cell. */
import { definePipeline, local } from 'pointferry';

export default definePipeline({
  account: 'stickystreet-sandbox',
  operation: 'stickystreet.program',
  owner: 'loyalty@example.com',
  description: 'Settings of membership programs, out of the old tool',
  source: local('inbox/programs/export_*.tsv'),
  format: {
    delimiter: '\t',
    // Here a quote is a character like any other: 5" Club.
    quote: null,
    preamble: 2,
    comment: '#',
    // Releases of the tool do not agree on the name of a column; the first that is there is taken.
    aliases: { 'Program ID': ['ProgramID', 'ID'] },
  },
  version: { from: 'Last changed', format: 'd-MMM-yy HH:mm', pivot: 70, zone: 'Europe/Berlin' },

  columns: {
    membership_program_id: { from: 'Program ID' },
    membership_program_name: { from: 'Name' },
    membership_style: { from: 'Style', case: 'upper' },
    membership_time_range: { from: 'Window', clean: { replace: '[^0-9].*$', with: '' } },
    membership_time_unit: { from: 'Window', clean: { replace: '^[0-9]+ *', with: '' }, case: 'upper' },
    membership_custom_qualifier_name: { from: 'Qualifier', nulls: ['', '-'] },
    // An empty cell means all: the key '' of a map stands for it.
    membership_campaigns_included: { from: 'Campaign', map: { '': 'all' }, otherwise: 'keep' },
  },
});
