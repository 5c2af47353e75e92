/** Member changes of the CRM, UTF-8, each with the time of its change. */
import { definePipeline, local } from 'pointferry';

export default definePipeline({
  account: 'hang-sandbox',
  operation: 'hang.member',
  owner: 'crm@example.com',
  description: 'Member changes out of the CRM',
  source: local('inbox/crm/members_*.csv'),
  format: { nulls: ['NULL'] },

  // A state: the newest version of a field wins, in whatever order files come. An older one is a duplicate.
  version: { from: 'changed_at', format: 'yyyy-MM-dd HH:mm:ss', zone: 'UTC' },

  columns: {
    member: { from: 'customer_id', via: { crosswalk: 'crm' }, unknown: 'park' },
    external_user_id: { from: 'customer_id' },
    first_name: { from: 'first_name' },
    // Somebody's name is None: no null token is looked up in this column but the empty cell.
    last_name: { from: 'last_name', nulls: [''] },
    email: { from: 'email', case: 'lower' },
    // 555-0101 with an area code and no country: the region makes it +1…
    phone: { from: 'phone', region: 'US' },
    birthday: { from: 'birth_date', format: 'MM/dd/yyyy' },
  },
  // D: deleted in the CRM. Erasing a member is another matter than changing one.
  where: { status: { not: 'D' } },
  thresholds: { intake: { stop: 1000 } },
});
