/** The fabric stand-in: members under a Bearer token, and the endpoint that gives tokens out. */
import { type Form, formBody, jsonBody, mediaType } from '../body.ts';
import {
  type Answer,
  type Call,
  type Endpoint,
  json,
  type PlatformApi,
  Refusal,
  type World,
} from '../call.ts';
import { isObject, type Json } from '../json.ts';
import { failed, findMembers, putMember } from './members.ts';

const failure = (status: number, message: string): Answer =>
  failed(status, message, { ExceptionString: [message] });

function authorize(call: Call, world: World): void {
  const token = /^Bearer (\S+)$/i.exec(call.headers.authorization ?? '')?.[1];
  if (token === undefined || !world.tokens.accepts(token, world.now()))
    throw new Refusal(401, 'Unauthorized');
}

async function resolve(call: Call, world: World): Promise<Endpoint> {
  if (call.method === 'POST' && /^\/oauth2\/(?:[^/]+\/)?(?:v1\/)?token$/.test(call.path)) {
    const form = await formBody(call).catch(() => [] as Form);
    return { route: 'fabric.token', subject: null, identity: null, handle: () => token(call, form, world) };
  }
  if (call.path !== '/v1/members' || (call.method !== 'PUT' && call.method !== 'GET'))
    return endpoint('fabric.unknown', null, () => {
      authorize(call, world);
      throw new Refusal(404, 'Not found');
    });
  if (call.method === 'GET')
    return endpoint('fabric.find', call.query.get('profileId'), () => {
      authorize(call, world);
      return findMembers(call, world);
    });
  const read = readJson(call);
  const subject = 'value' in read && isObject(read.value) ? read.value.profileId : undefined;
  return endpoint('fabric.member', typeof subject === 'string' ? subject : null, () => {
    authorize(call, world);
    if ('refused' in read) throw read.refused;
    return putMember(read.value, call.bodySha256, world);
  });
}

function endpoint(route: string, subject: string | null, handle: () => Answer): Endpoint {
  return {
    route,
    subject,
    identity: null,
    handle: () => {
      try {
        return handle();
      } catch (error) {
        if (error instanceof Refusal) return failure(error.status, error.message);
        throw error;
      }
    },
  };
}

/** Read before the endpoint is called, refused inside it: the token comes first. */
function readJson(call: Call): { value: Json } | { refused: unknown } {
  try {
    if (mediaType(call) !== 'application/json')
      throw new Refusal(415, 'the content type must be application/json');
    return { value: jsonBody(call) };
  } catch (refused) {
    return { refused };
  }
}

/** Client credentials as a form, id and secret as HTTP Basic; errors as RFC 6749 section 5.2 has them. */
function token(call: Call, form: Form, world: World): Answer {
  const fields = new Map(form);
  const grant = fields.get('grant_type');
  if (grant === undefined) return json(400, { error: 'invalid_request' });
  if (grant !== 'client_credentials') return json(400, { error: 'unsupported_grant_type' });
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(call.headers.authorization ?? '')?.[1] ?? '';
  const [, id = '', secret = ''] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(basic, 'base64').toString('utf8')) ?? [];
  const { clients } = world.credentials.fabric;
  if (!Object.hasOwn(clients, id) || clients[id] !== secret) return json(401, { error: 'invalid_client' });
  const seconds = world.switches.fabric.tokenSeconds;
  return {
    ...json(200, {
      access_token: world.tokens.issue(world.now(), seconds * 1000),
      token_type: 'Bearer',
      expires_in: seconds,
      scope: fields.get('scope') ?? 's2s',
    }),
    headers: { 'cache-control': 'no-store' },
  };
}

export const fabric: PlatformApi = { platform: 'fabric', resolve, failure };
