/** The sandbox's Sticky Street (API 1.5). */
import { defineAccount, env } from 'pointferry';

export default defineAccount({
  platform: 'stickystreet',
  stage: 'sandbox',
  baseUrl: env('STICKYSTREET_BASE_URL'),
  userId: env('STICKYSTREET_USER_ID'),
  apiKey: env('STICKYSTREET_API_KEY'),
  accountId: env('STICKYSTREET_ACCOUNT_ID'),
  windows: [{ limit: 50, per: '1s' }],
  maxInFlight: 8,
  settings: {
    // This platform has no error codes: whoever types its words here keeps one wrong key from failing every row.
    badCredentials: ['Invalid user_id or user_api_key', 'Invalid account_id', 'user_api_key is required'],
  },
});
