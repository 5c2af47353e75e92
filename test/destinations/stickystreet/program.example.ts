/** docs/platforms/stickystreet.md#update-a-membership-program, the PHP example. */
import type { Example } from '../example.ts';
import { access } from '../support.ts';

const subject = '5208143496464281';
const settings = {
  membership_program_id: subject,
  membership_program_name: 'Amazing Rewards Club',
  membership_style: 'A',
  membership_time_range: '12',
  membership_time_unit: 'M',
  membership_campaigns_included: 'all',
};
const xml = `<response status="success">
<membership_program_id>5208143496464281</membership_program_id>
</response>`;
const json = JSON.stringify({ status: 'success', membership_program_id: subject }, null, 4);

export default {
  out: {
    account: access('stickystreet', 'https://api.clienttoolbox.com', {
      userId: 'john1970',
      apiKey: '1959caadac9b13dcb3',
      accountId: 'greatwidgets',
    }),
    subject,
    key: 'k',
    fields: settings,
  },
  request: {
    method: 'POST',
    url: 'https://api.clienttoolbox.com',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams([
      ['API', '1.5'],
      ['user_id', 'john1970'],
      ['user_api_key', '1959caadac9b13dcb3'],
      ['account_id', 'greatwidgets'],
      ['type', 'manage_memberships'],
      ['action', 'update'],
      ['membership_program_id', '5208143496464281'],
      ['membership_program_name', 'Amazing Rewards Club'],
      ['membership_style', 'A'],
      ['membership_time_range', '12'],
      ['membership_time_unit', 'M'],
      ['membership_campaigns_included', 'all'],
    ]).toString(),
  },
  answers: [xml, `<?xml version="1.0" encoding="UTF-8"?>\n${xml}\n`, json, `done(${json});`],
  isGood: (body) => {
    const text = body.trim();
    if (text.startsWith('<')) {
      const whole = /^(?:<\?[^>]*\?>\s*)?<response\s[\s\S]*<\/response\s*>$/.test(text);
      return (
        whole && /\sstatus\s*=\s*["']success["']/.test(text) && new RegExp(`>\\s*${subject}\\s*<`).test(text)
      );
    }
    const value = JSON.parse(/^[\w$.]+\s*\(([\s\S]*)\)\s*;?$/.exec(text)?.[1] ?? text);
    return value.status === 'success' && String(value.membership_program_id) === subject;
  },
  seeds: {
    stickystreet: { programs: [{ ...settings, membership_program_name: 'Old name', membership_style: 'A' }] },
  },
  content: settings,
  refused: { field: 'membership_time_range', value: '0' },
} satisfies Example as Example;
