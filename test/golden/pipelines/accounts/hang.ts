import { defineAccount, env } from 'pointferry';

export default defineAccount({
  platform: 'hang',
  stage: 'sandbox',
  baseUrl: env('HANG_BASE_URL'),
  apiKey: env('HANG_API_KEY'),
});
