/** How the Hang stand-in answers: its error envelope, and a membership as its document shows one. */
import { randomUUID } from 'node:crypto';
import { type Answer, json, type World } from '../call.ts';
import type { HangMember } from './state.ts';

const titles: Readonly<Record<number, string>> = {
  400: 'bad_request_error',
  401: 'unauthorized_error',
  404: 'not_found_error',
  409: 'conflict_error',
  422: 'unprocessable_entity_error',
  429: 'too_many_requests_error',
};

/** The vendor's client reads `messages[0].message`; `code` only repeats the HTTP status (docs/platforms/hang.md#errors). */
export function failure(status: number, message: string, world: World): Answer {
  if (world.switches.hang.errorEnvelope === 'message') return json(status, { message });
  const title = titles[status] ?? 'internal_server_error';
  return json(status, { id: randomUUID(), code: status, messages: [{ title, message }] });
}

/**
 * As in the document's answer: `birth_date` where the request says `birthday`; names, birthday and updated_at of the
 * member never come back.
 */
export const membership = (member: HangMember) => ({
  id: member.id,
  external_user_id: member.external_user_id,
  created_at: member.created_at,
  phone: member.phone,
  email: member.email,
  social_media_credentials: { twitter_username: null, instagram_username: null, tiktok_username: null },
  family_member_birthdays: member.family.map(({ first_name, last_name, birthday, status }) => ({
    first_name,
    last_name,
    birth_date: birthday,
    status,
  })),
});
