/** docs/platforms/fabric.md#update-a-member. The curl but for addressLine3: there the page gives null as the example, and the curl the text "null". */
import type { Example } from '../example.ts';
import { access } from '../support.ts';

const subject = 'f90a1da5-c072-48b7-a9ea-eb35c5dd506b';
const body = `{
  "profileId": "f90a1da5-c072-48b7-a9ea-eb35c5dd506b",
  "firstName": "John",
  "middleName": "M",
  "lastName": "Williams",
  "suffix": "<string>",
  "gender": "Male",
  "birthDate": "1980-11-30",
  "emailAddress": "user@abc.com",
  "phoneNumber": "923331234567",
  "addressLine1": "10400 NE 4th St",
  "addressLine2": "Suite 505",
  "addressLine3": null,
  "city": "Bellevue",
  "region": "Wisconsin",
  "postalCode": "98004",
  "country": "United States",
  "maritalStatus": "Single",
  "prefix": "Mr",
  "redemptionChoice": "Auto",
  "redemptionThreshold": 10,
  "enrollmentStore": "www.demostore.come",
  "enrollmentDate": "2021-01-15",
  "lastPaidStatusCenter": "1201",
  "lastPaidStatusDate": "2021-01-15",
  "tierReference": "GOLD",
  "tierExpirationDatetime": "2026-01-15T23:59:59.000Z",
  "customAttributes": {
    "joiningDate": "2021-07-26",
    "confirmationDate": "2021-07-26"
  }
}`;
const answer = (errors: object, data: object) =>
  JSON.stringify({ message: 'Member updated', errors, data, status: 200 }, null, 2);
const { profileId: _, ...written } = JSON.parse(body);

export default {
  out: {
    account: access('fabric', 'https://vanilla-dev02-loyalty.fabric.zone/api', { token: '<token>' }),
    subject,
    key: 'k',
    fields: {
      profileId: subject,
      firstName: 'John',
      middleName: 'M',
      lastName: 'Williams',
      suffix: '<string>',
      gender: 'Male',
      birthDate: '1980-11-30',
      emailAddress: 'user@abc.com',
      phoneNumber: '923331234567',
      addressLine1: '10400 NE 4th St',
      addressLine2: 'Suite 505',
      addressLine3: null,
      city: 'Bellevue',
      region: 'WI',
      postalCode: '98004',
      country: 'US',
      maritalStatus: 'Single',
      prefix: 'Mr',
      redemptionChoice: 'Auto',
      redemptionThreshold: '10',
      enrollmentStore: 'www.demostore.come',
      enrollmentDate: '2021-01-15',
      lastPaidStatusCenter: '1201',
      lastPaidStatusDate: '2021-01-15',
      tierReference: 'GOLD',
      tierExpirationDatetime: '2026-01-15T23:59:59Z',
      customAttributes: { joiningDate: '2021-07-26', confirmationDate: '2021-07-26' },
    },
  },
  request: {
    method: 'PUT',
    url: 'https://vanilla-dev02-loyalty.fabric.zone/api/v1/members',
    headers: { Authorization: 'Bearer <token>', 'Content-Type': 'application/json' },
    body,
  },
  answers: [
    answer({ ExceptionString: [] }, { accounts: [{ profileId: subject, tierId: 4185 }], lastName: 'Wayne' }),
    answer({}, { ExceptionString: '' }),
  ],
  isGood: (text) => {
    const { status, errors, data } = JSON.parse(text);
    const empty = (said: unknown) =>
      said === '' || said === null || (Array.isArray(said) && said.length === 0);
    const lists = Object.values(errors).every(empty) && !Array.isArray(errors);
    return /^2\d\d$/.test(String(status)) && lists && empty(data?.ExceptionString ?? '');
  },
  seeds: { fabric: { members: [{ profileId: subject }] } },
  content: {
    mode: 'partial',
    fields: { ...written, redemptionThreshold: 10 },
  },
  refused: { field: 'emailAddress', value: 'x'.repeat(255) },
} satisfies Example as Example;
