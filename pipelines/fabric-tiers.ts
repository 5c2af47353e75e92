/** Tiers as the old engine decided them, with the instant of each decision. */
import { definePipeline, local } from 'pointferry';

export default definePipeline({
  account: 'fabric-sandbox',
  operation: 'fabric.member',
  owner: 'loyalty@example.com',
  description: 'Tier changes',
  source: local('inbox/tiers/tiers_*.csv'),

  // A new column may mean that the old ones mean something else by now: such a file is refused until somebody looked.
  format: { extra: 'refuse' },

  // Of two decisions about one member the later one stands, even if its file came first.
  version: { from: 'decided_ms', format: 'epoch ms' },

  columns: {
    // The file has the platform's own ids: no crosswalk.
    profileId: { from: 'profile_id' },
    tierReference: { from: 'tier', map: { B: 'BASE', S: 'SILVER', G: 'GOLD' } },
    // Last day of the tier. Without a tier beside it the platform would ignore it in silence: such a row is rejected.
    tierExpirationDatetime: { from: 'until', format: "yyyy-MM-dd'T'HH:mm:ss", zone: 'America/New_York' },
  },
  thresholds: { intake: { stop: 1000 } },
});
