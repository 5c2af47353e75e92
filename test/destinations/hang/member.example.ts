/** docs/platforms/hang.md#update-a-membership. The answer is the document's: it does not mirror the request. */
import type { Example } from '../example.ts';
import { access } from '../support.ts';

const family = [
  { first_name: 'Anna', birthday: '2000-02-02', status: 'active' },
  { first_name: 'Mason', last_name: 'Smith', birthday: '2002-01-01', status: 'active' },
];

export default {
  out: {
    account: access('hang', 'https://loyalty.hang.xyz/partner-api/', { apiKey: 'YOUR_API_KEY' }),
    subject: 'membership_id_1',
    key: 'k',
    fields: {
      external_user_id: '12345',
      first_name: 'joe',
      last_name: 'Smith',
      birthday: '1989-02-25',
      phone: '+17891234567',
      email: 'example@gmail.com',
      family_member_birthdays: [
        { first_name: 'Anna', last_name: null, birthday: '2000-02-02', status: 'active' },
        { first_name: 'Mason', last_name: 'Smith', birthday: '2002-01-01', status: 'active' },
      ],
    },
  },
  request: {
    method: 'PATCH',
    url: 'https://loyalty.hang.xyz/partner-api/v2/program-memberships/membership_id_1',
    headers: { 'X-API-Key': 'YOUR_API_KEY', 'Content-Type': 'application/json' },
    body: `{
    "external_user_id": "12345",
    "first_name": "joe",
    "last_name": "Smith",
    "birthday": "1989-02-25",
    "phone": "+17891234567",
    "email": "example@gmail.com",
    "family_member_birthdays": [
        {
          "first_name": "Anna", 
          "birthday": "2000-02-02", 
          "status": "active" 
        },
        {
          "first_name": "Mason",
          "last_name": "Smith",
          "birthday": "2002-01-01", 
          "status": "active" 
        }
    ]
  }`,
  },
  answers: [
    `{
  "membership": {
    "id": "membership_id_1",
    "external_user_id": "user123",
    "created_at": 1633887337,
    "phone": "+17891234567",
    "email": "example@gmail.com",
    "social_media_credentials": {
      "twitter_username": "updated_twitter",
      "instagram_username": "updated_instagram",
      "tiktok_username": "updated_tiktok"
    },
    "family_member_birthdays": [
      {
        "first_name": "Anna",
        "last_name": "",
        "birth_date": "2000-02-02",
        "status": "active"
      }
    ]
  }
}`,
  ],
  isGood: (body) => JSON.parse(body).membership.id === 'membership_id_1',
  seeds: { hang: { members: [{ id: 'membership_id_1' }] } },
  content: {
    external_user_id: '12345',
    first_name: 'joe',
    last_name: 'Smith',
    birthday: '1989-02-25',
    phone: '+17891234567',
    email: 'example@gmail.com',
    family_member_birthdays: family.map((one) => ({ last_name: '', ...one })),
  },
  refused: { field: 'email', value: 'nowhere' },
} satisfies Example as Example;
