/** The Sticky Street stand-in ("API 1.5"): one address, a form, and errors that may come with HTTP 200. */
import { decodeForm, type Form, formBody } from '../body.ts';
import { type Answer, type Call, type Endpoint, type PlatformApi, Refusal, type World } from '../call.ts';
import { type Output, outputOf, type Payload, write } from './output.ts';
import { info, list, update } from './programs.ts';

export type Fields = ReadonlyMap<string, string>;

const actions: Readonly<Record<string, (form: Fields, bodySha256: string, world: World) => Payload>> = {
  update,
  info,
  list,
};

async function readForm(call: Call): Promise<Form> {
  if (call.method === 'POST') return formBody(call);
  if (call.method === 'GET') return [...call.query];
  throw new Refusal(405, 'the method must be POST or GET');
}

/** The key in the header is the one that counts, even when a good one stands in the body (docs/platforms/stickystreet.md#address-and-credentials). */
function authorize(call: Call, form: Fields, world: World): void {
  const { apiVersion } = world.switches.stickystreet;
  const { users, accountIds } = world.credentials.stickystreet;
  const version = form.get('API');
  if (apiVersion === 'check' && version === undefined) throw new Refusal(400, 'API is required');
  if (apiVersion === 'check' && version !== '1.5') throw new Refusal(400, 'API version is not supported');
  const user = form.get('user_id');
  if (!user) throw new Refusal(400, 'user_id is required');
  const header = call.headers.api_access_key;
  // Calls without API name the same key user_password (docs/platforms/stickystreet.md#address-and-credentials).
  const inBody = form.get('user_api_key') ?? (version === undefined ? form.get('user_password') : undefined);
  const key = header ?? inBody;
  if (key === undefined || key === '') throw new Refusal(401, 'user_api_key is required');
  if (!Object.hasOwn(users, user) || users[user] !== key)
    throw new Refusal(401, 'Invalid user_id or user_api_key');
  const account = form.get('account_id');
  if (!account) throw new Refusal(400, 'account_id is required');
  if (!accountIds.includes(account)) throw new Refusal(401, 'Invalid account_id');
}

async function resolve(call: Call, world: World): Promise<Endpoint> {
  let refused: unknown;
  const pairs = await readForm(call).catch((error: unknown) => {
    refused = error;
    return [] as Form;
  });
  const form: Fields = new Map(pairs);
  const action = form.get('type') === 'manage_memberships' ? (form.get('action') ?? '') : '';
  const run = Object.hasOwn(actions, action) ? actions[action] : undefined;
  return {
    route: `stickystreet.${run === undefined ? 'unknown' : action === 'update' ? 'program' : action}`,
    subject: form.get('membership_program_id') ?? null,
    identity: null,
    handle: () => {
      try {
        if (refused !== undefined) throw refused;
        const callback = form.get('callback');
        if (callback !== undefined && !/^[A-Za-z_$][\w$.]*$/.test(callback))
          throw new Refusal(400, 'callback is not a function name');
        if (!/^(json|xml)$/i.test(form.get('output') ?? 'xml'))
          throw new Refusal(400, 'output must be JSON or XML');
        authorize(call, form, world);
        if (!form.get('type')) throw new Refusal(400, 'type is required');
        if (run === undefined) throw new Refusal(400, 'type or action is not known');
        const { stickystreet } = world.switches;
        return write(
          200,
          'success',
          run(form, call.bodySha256, world),
          outputOf(form, stickystreet),
          stickystreet,
        );
      } catch (error) {
        if (error instanceof Refusal) return refusal(error, form, world);
        throw error;
      }
    },
  };
}

/** Errors inside HTTP 200, as the public clients expect, unless the switch gives them their status. */
function refusal({ status, message }: Refusal, form: Fields, world: World): Answer {
  const { stickystreet } = world.switches;
  const http = stickystreet.errorStatus === '200' ? 200 : status;
  return write(
    http,
    'error',
    errorOf(message, outputFor(form, world), world),
    outputFor(form, world),
    stickystreet,
  );
}

/** The format asked for, but never a callback that is not a name. */
function outputFor(form: Fields, world: World): Output {
  const callback = form.get('callback') ?? 'f';
  const safe = /^[A-Za-z_$][\w$.]*$/.test(callback)
    ? form
    : new Map([...form].filter(([name]) => name !== 'callback'));
  return outputOf(safe, world.switches.stickystreet);
}

const errorOf = (message: string, output: Output, world: World): Payload =>
  output.as === 'json' && world.switches.stickystreet.errorKey === 'errors'
    ? { errors: [message] }
    : { error: message };

/** For limits and faults: the status as asked, the body as the request wanted it, as far as it can be told. */
function failure(status: number, message: string, call: Call, world: World): Answer {
  const isForm = /urlencoded/.test(call.headers['content-type'] ?? '');
  let form: Fields = new Map(call.query);
  try {
    if (isForm) form = new Map(decodeForm(call.body.toString('utf8')));
  } catch {
    // An unreadable form gets the default format.
  }
  const output = outputFor(form, world);
  return write(status, 'error', errorOf(message, output, world), output, world.switches.stickystreet);
}

export const stickystreet: PlatformApi = { platform: 'stickystreet', resolve, failure };
