/** What the sample pipelines leave out of the grammar: rules of states and of texts, dates and dictionaries. Only compiled, never run. */
import { definePipeline, local } from 'pointferry';

export default definePipeline({
  account: 'fabric',
  operation: 'fabric.member',
  source: local('in/members_*.csv'),
  format: { nulls: ['', 'NULL', '\\N'] },
  businessDate: { fileName: 'members_{yyyyMMdd}', zone: 'Europe/Berlin' },
  columns: {
    profileId: {
      from: 'no',
      clean: ['digits', { replace: '^49', with: '' }],
      via: 'crosswalk',
      unknown: 'filter',
    },
    firstName: { from: 'first', trim: false, clean: 'single spaces', length: { min: 2, max: 40 } },
    lastName: { join: ['prefix', 'last'], with: ' ', case: 'upper' },
    birthDate: { from: 'born', format: ['dd.MM.yyyy', 'd MMMM yyyy'], optional: true },
    emailAddress: { from: 'mail', clean: 'inner spaces', case: 'lower' },
    phoneNumber: { from: 'phone', region: { from: 'country' }, clean: 'leading apostrophe' },
    addressLine1: { from: 'street', clear: ['-', '(none)'] },
    region: { from: 'region', asIs: true },
    country: { constant: 'DE' },
    redemptionThreshold: { from: 'threshold', implied: 2 },
    enrollmentDate: { from: 'since' },
    customAttributes: {
      newsletter: { from: 'news', as: 'boolean', yes: ['ja'], no: ['nein'] },
      visits: { from: 'visits', as: 'integer', clean: 'trailing .0' },
      seen: { from: 'seen', as: 'timestamp', format: 'epoch ms' },
      extra: { from: 'extra', as: 'json' },
    },
  },
  complete: true,
});
