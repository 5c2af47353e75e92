/** Shopify's customers export. Ids and phones carry an apostrophe, put there so that spreadsheets leave them alone. */
import { definePipeline, local } from 'pointferry';

export default definePipeline({
  account: 'hang-sandbox',
  operation: 'hang.member',
  owner: 'web-team@example.com',
  description: "Shopify's customers export",
  source: local('inbox/shopify/customers_export*.csv'),

  // The export says neither when a customer changed nor its own day: the newest file wins, by the day it is run.
  businessDate: { run: true, zone: 'America/New_York' },

  columns: {
    member: { from: 'Email', case: 'lower', via: { crosswalk: 'email' } },
    external_user_id: { from: 'Customer ID', clean: 'leading apostrophe' },
    first_name: { from: 'First Name', clean: 'single spaces' },
    last_name: { from: 'Last Name', clean: 'single spaces' },
    // An empty cell leaves the field on the platform as it is; it never clears it.
    phone: { firstOf: ['Phone', 'Default Address Phone'], clean: 'leading apostrophe', region: 'US' },
  },
  where: { Email: { empty: false } },
});
