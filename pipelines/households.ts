/** Children of a household in repeated columns, as a spreadsheet saves "Unicode text": UTF-16, tabs. */
import { definePipeline, local } from 'pointferry';

/** A definition is plain data in the end; until then it is a program, and may save itself some typing. */
const child = (n: number) => ({
  first_name: { from: `Child ${n}` },
  birthday: { from: `Child ${n} Born`, format: 'M/d/yyyy' },
  status: { constant: 'active' },
});

export default definePipeline({
  account: 'hang-sandbox',
  operation: 'hang.member',
  owner: 'crm@example.com',
  description: 'Children of a household',
  source: local('inbox/households/households_*.txt'),
  format: { delimiter: '\t', encoding: 'utf-16' },

  // No column says when a row changed: the day in the file's name is the version of all of them.
  businessDate: { fileName: '_{yyyy-MM-dd}', zone: 'America/New_York' },

  columns: {
    member: { from: 'Loyalty No', via: 'crosswalk' },
    // One item per set of columns; a set that is empty is no child.
    family_member_birthdays: [child(1), child(2), child(3)],
  },
  // The list replaces the one on the platform. Only whoever has all children in the file may say this.
  complete: true,
});
