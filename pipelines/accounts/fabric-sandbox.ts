/** The sandbox's fabric Loyalty. A token that does not end will do here. */
import { defineAccount, env } from 'pointferry';

export default defineAccount({
  platform: 'fabric',
  stage: 'sandbox',
  baseUrl: env('FABRIC_BASE_URL'),
  token: env('FABRIC_TOKEN'),
  // Where tokens end, take these three instead of `token`; they are fetched and renewed by themselves:
  //   clientId: env('FABRIC_CLIENT_ID'), clientSecret: env('FABRIC_CLIENT_SECRET'), tokenUrl: env('FABRIC_TOKEN_URL'),
  windows: [{ limit: 50, per: '1s' }],
  maxInFlight: 8,
});
