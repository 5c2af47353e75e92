/** The sandbox's Hang, on your own machine: `pointferry sandbox` prints the two variables. */
import { defineAccount, env } from 'pointferry';

export default defineAccount({
  platform: 'hang',
  stage: 'sandbox',
  baseUrl: env('HANG_BASE_URL'),
  apiKey: env('HANG_API_KEY'),
  // Hang publishes no limit; agree on one and write it here. None at all means 5 a second.
  windows: [{ limit: 50, per: '1s' }],
  maxInFlight: 8,
  // How long it remembers an idempotency key: after a crash nothing older is sent again by itself.
  keyRetention: '24h',
});
