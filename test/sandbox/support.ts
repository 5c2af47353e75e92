/** Requests to a sandbox, and what they come to. */

export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown;
}

export async function ask(url: string, init: RequestInit = {}): Promise<Reply> {
  const response = await fetch(url, { redirect: 'manual', ...init });
  const text = await response.text();
  return { status: response.status, text, headers: response.headers, json: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const hangHeaders = { 'X-API-Key': 'sandbox-hang-key', 'Content-Type': 'application/json' };

/** The activity of the document, with changes. */
export const activityBody = (key: string, activity: object = {}, rest: object = {}) => ({
  idempotency_key: key,
  activity: {
    activity_type_id: 'activity_type_1',
    value: '50',
    transaction_timestamp: 1633887337,
    line_items: [{ item_id: 'item_1', value: 30, group_id: 'group_1' }],
    ...activity,
  },
  ...rest,
});

/** Posts an activity; a text is sent as it is, so that its numbers keep their digits. */
export const postActivity = (url: string, member: string, body: object | string): Promise<Reply> =>
  ask(`${url}/partner-api/v2/program-memberships/${member}/activities`, {
    method: 'POST',
    headers: hangHeaders,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

export const seededHang = { seeds: { hang: { members: [{ id: '12345' }, { id: 'm2' }] } } };

/** The code a Hang refusal carries. */
export const codeOf = (reply: Reply): unknown =>
  (reply.json as { messages?: readonly { message?: unknown }[] } | undefined)?.messages?.[0]?.message;
