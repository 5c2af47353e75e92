import { defineAccount, env } from 'pointferry';

export default defineAccount({
  platform: 'fabric',
  stage: 'sandbox',
  baseUrl: env('FABRIC_BASE_URL'),
  token: env('FABRIC_TOKEN'),
});
