/** The Hang stand-in: which request means what, its key, and unknown members. */
import { type Form, formBody, jsonBody, mediaType, nest } from '../body.ts';
import { type Answer, type Call, type Endpoint, type PlatformApi, Refusal, type World } from '../call.ts';
import { withoutRequest } from '../effects.ts';
import { isObject, type Json } from '../json.ts';
import { readActivity, recordActivity } from './activity.ts';
import { failure } from './answers.ts';
import { bulkSearch, enroll, level, search, show, update } from './membership.ts';

interface Body {
  readonly value: Json;
  readonly isForm: boolean;
}
interface Request {
  readonly call: Call;
  readonly id: string;
  readonly body: Body;
  readonly world: World;
}
interface Row {
  readonly route: string;
  readonly method: string;
  readonly path: RegExp;
  readonly handle: (request: Request) => Answer;
}

/** The misspelt `activies` stands in the vendor's own index (docs/platforms/hang.md#record-an-activity). */
const rows: readonly Row[] = [
  {
    route: 'hang.activity',
    method: 'POST',
    path: /^\/v2\/program-memberships\/([^/]+)\/activ(?:ities(?:\/synchronous)?|ies\/synchronous)$/,
    handle: ({ call, id, body, world }) => {
      const request = readActivity(id, body.value, body.isForm, world);
      ensureMember(id, world);
      return recordActivity(request, call.bodySha256, world);
    },
  },
  {
    route: 'hang.search',
    method: 'GET',
    path: /^\/v2\/program-memberships\/search$/,
    handle: ({ call, body, world }) => search(call.query, body.value, world),
  },
  {
    route: 'hang.bulk-search',
    method: 'POST',
    path: /^\/v2\/program-memberships\/bulk-search$/,
    handle: ({ body, world }) => bulkSearch(body.value, world),
  },
  {
    route: 'hang.enroll',
    method: 'POST',
    path: /^\/v2\/program-memberships$/,
    handle: ({ call, body, world }) => enroll(body.value, call.bodySha256, world),
  },
  {
    route: 'hang.member',
    method: 'PATCH',
    path: /^\/v2\/program-memberships\/([^/]+)$/,
    handle: ({ call, id, body, world }) =>
      update(id, body.value, call.bodySha256, world, () => ensureMember(id, world)),
  },
  {
    route: 'hang.show',
    method: 'GET',
    path: /^\/v2\/program-memberships\/([^/]+)$/,
    handle: ({ id, world }) => show(id, world),
  },
  {
    route: 'hang.level',
    method: 'GET',
    path: /^\/v2\/program-memberships\/([^/]+)\/level$/,
    handle: ({ id, world }) => level(id, world),
  },
];

function ensureMember(id: string, world: World): void {
  if (world.state.hang.members.has(id)) return;
  if (!world.switches.hang.autoMembers)
    throw new Refusal(404, 'Could not find the program membership provided.');
  world.commit({ type: 'seed.hang.member', subject: id, ...withoutRequest, content: { id } });
}

/** A missing key is 400 with this code, a wrong one 401 (docs/platforms/hang.md#address-and-key). */
function authorize(call: Call, world: World): void {
  const key = call.headers['x-api-key'];
  if (key === undefined || key === '') throw new Refusal(400, 'API_KEY_HEADER_IS_MISSING');
  if (!world.credentials.hang.apiKeys.includes(String(key))) throw new Refusal(401, 'API_KEY_IS_INVALID');
}

async function readBody(call: Call): Promise<Body> {
  if (call.body.length === 0) return { value: null, isForm: false };
  const type = mediaType(call);
  if (type === 'application/json') return { value: jsonBody(call), isForm: false };
  if (type === 'application/x-www-form-urlencoded' || type === 'multipart/form-data') {
    const form: Form = await formBody(call);
    return { value: nest(form), isForm: true };
  }
  throw new Refusal(400, 'the content type is not one that is taken');
}

async function resolve(call: Call, world: World): Promise<Endpoint> {
  const row = rows.find((one) => one.method === call.method && one.path.test(call.path));
  let refused: unknown;
  const body = await readBody(call).catch((error: unknown) => {
    refused = error;
    return { value: null, isForm: false };
  });
  const id = decodeId(row?.path.exec(call.path)?.[1]);
  const key = isObject(body.value) ? body.value.idempotency_key : undefined;
  return {
    route: row?.route ?? 'hang.unknown',
    subject: id ?? null,
    identity: typeof key === 'string' ? key : null,
    handle: () => {
      try {
        authorize(call, world);
        if (row === undefined) throw new Refusal(404, 'NOT_FOUND');
        if (refused !== undefined) throw refused;
        return row.handle({ call, id: id ?? '', body, world });
      } catch (error) {
        if (error instanceof Refusal) return failure(error.status, error.message, world);
        throw error;
      }
    },
  };
}

function decodeId(part: string | undefined): string | undefined {
  if (part === undefined) return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const hang: PlatformApi = {
  platform: 'hang',
  resolve,
  failure: (status, message, _call, world) => failure(status, message, world),
};
