/** A member as the document's answer shows one, with its other names and its three ways to write a time. */
import type { Json } from '../json.ts';
import { countryCode, regionCode } from './places.ts';
import type { FabricMember } from './state.ts';

/** `GOLD` goes in, `GLD` comes back: references of other tiers are not known, so they come back unchanged. */
const tierCodes: Readonly<Record<string, string>> = { GOLD: 'GLD' };

const micros = (time: number): string => new Date(time).toISOString().replace('Z', '000');

export function memberView({ profileId, loyaltyNumber, fields, createdAt, updatedAt }: FabricMember) {
  const at = (name: string): Json => fields[name] ?? '';
  const text = (name: string): string => String(at(name));
  const tier = text('tierReference');
  const expiry = Date.parse(text('tierExpirationDatetime'));
  return {
    accounts: [
      {
        accountStatus: 'Enabled',
        clubReference: 'abc_club',
        clubTitle: 'ABC Club',
        customAttributes: fields.customAttributes ?? {},
        enrollmentEntity: 'demo',
        enrollmentStatus: true,
        entityReference: 'entity_level_1',
        loyaltyNumber,
        paidStatus: fields.lastPaidStatusDate !== undefined,
        profileId,
        redemptionChoice: fields.redemptionChoice ?? 'Bank',
        redemptionThreshold: fields.redemptionThreshold ?? 0,
        tierExpiryDate: Number.isNaN(expiry) ? null : `${micros(expiry)}+00:00`,
        tierExternalReference: Object.hasOwn(tierCodes, tier) ? tierCodes[tier] : tier,
        tierId: 4185,
        tierTitle: 'ClubTier',
        updatedAt: `${micros(updatedAt).replace('T', ' ')}+00:00`,
      },
    ],
    addressLine1: at('addressLine1'),
    addressLine2: at('addressLine2'),
    addressLine3: at('addressLine3'),
    birthdate: at('birthDate'),
    channelExternalReference: '',
    city: at('city'),
    country: countryCode(text('country')),
    emailAddress: at('emailAddress'),
    enrollReasonCode: '',
    enrollReasonNote: '',
    enrollmentTimestamp: `${micros(createdAt)}Z`,
    firstName: at('firstName'),
    fullCountry: at('country'),
    fullRegion: at('region'),
    gender: at('gender'),
    lastName: at('lastName'),
    maritalStatus: at('maritalStatus'),
    middleName: at('middleName'),
    nationality: '',
    phoneNumber: at('phoneNumber'),
    postalCode: at('postalCode'),
    prefix: at('prefix'),
    region: regionCode(text('region')),
    sourceExternalReference: '',
    suffix: at('suffix'),
  };
}
