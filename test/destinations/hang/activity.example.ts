/** docs/platforms/hang.md#record-an-activity. */
import type { Example } from '../example.ts';
import { access } from '../support.ts';

export default {
  out: {
    account: access('hang', 'https://loyalty.hang.xyz/partner-api', { apiKey: 'YOUR_API_KEY' }),
    subject: '12345',
    key: 'unique-key-101',
    fields: {
      activity_type_id: 'activity_type_1',
      value: '50',
      transaction_timestamp: '2021-10-10T17:35:37Z',
      line_items: [{ item_id: 'item_1', value: '30', group_id: 'group_1' }],
    },
  },
  request: {
    method: 'POST',
    url: 'https://loyalty.hang.xyz/partner-api/v2/program-memberships/12345/activities',
    headers: { 'X-API-Key': 'YOUR_API_KEY', 'Content-Type': 'application/json' },
    body: `{
    "idempotency_key": "unique-key-101",
    "activity": {
      "activity_type_id": "activity_type_1",
      "value": "50",
      "transaction_timestamp": 1633887337,
      "line_items": [
        {
          "item_id": "item_1",
          "value": 30,
          "group_id": "group_1"
        }
      ]
    }
  }`,
  },
  answers: ['{\n  "idempotency_key": "unique-key-101"\n}'],
  isGood: (body) => JSON.parse(body).idempotency_key === 'unique-key-101',
  seeds: {
    hang: { members: [{ id: '12345' }], activityTypes: [{ id: 'activity_type_1', points_per_unit: '1' }] },
  },
  content: {
    activity_type_id: 'activity_type_1',
    value: '50',
    transaction_timestamp: '1633887337',
    line_items: [{ item_id: 'item_1', value: '30', group_id: 'group_1' }],
    points: '50',
  },
  refused: { field: 'activity_type_id', value: 'no-such-type' },
} satisfies Example as Example;
