/** POST /v2/program-memberships/:id/activities, and its synchronous twin under both spellings. */
import { type Answer, json, Refusal, type World } from '../call.ts';
import { formatDecimal, isNegative, multiply, negate, parseDecimal, zero } from '../decimal.ts';
import type { ActivityContent, LineItem } from '../effects.ts';
import type { Json } from '../json.ts';
import { decimal, invalid, listAt, objectAt, onlyKnown, requiredText, text, timestamp } from './fields.ts';
import { keyOf, sameContent } from './state.ts';

export interface ActivityRequest {
  readonly membership: string;
  readonly key: string;
  readonly content: ActivityContent;
}

/** Checks the body against the document; what the sandbox makes of it (points, time) is added at the same time. */
export function readActivity(membership: string, body: Json, isForm: boolean, world: World): ActivityRequest {
  const { unknownFields } = world.switches.hang;
  const root = objectAt(body, 'body');
  onlyKnown(root, ['idempotency_key', 'program_membership_id', 'activity'], '', unknownFields);
  const key = requiredText(root.idempotency_key, 'idempotency_key');
  if (root.program_membership_id !== undefined && root.program_membership_id !== membership)
    throw invalid('program_membership_id');
  const activity = objectAt(root.activity, 'activity');
  onlyKnown(
    activity,
    ['activity_type_id', 'value', 'transaction_timestamp', 'line_items'],
    'activity.',
    unknownFields,
  );
  const typeId = requiredText(activity.activity_type_id, 'activity.activity_type_id');
  const value = decimal(activity.value, 'activity.value');
  return {
    membership,
    key,
    content: {
      activity_type_id: typeId,
      value,
      transaction_timestamp: timestamp(
        activity.transaction_timestamp,
        'activity.transaction_timestamp',
        isForm,
      ),
      line_items: lineItems(activity.line_items, unknownFields),
      points: pointsOf(typeId, value, world),
      ...appliesAt(world),
    },
  };
}

function lineItems(value: Json | undefined, unknownFields: 'refuse' | 'ignore'): LineItem[] {
  if (value === undefined) return [];
  return listAt(value, 'activity.line_items').map((item, index) => {
    const path = `activity.line_items.${index}`;
    onlyKnown(item, ['item_id', 'value', 'group_id'], `${path}.`, unknownFields);
    return {
      item_id: requiredText(item.item_id, `${path}.item_id`),
      value: decimal(item.value, `${path}.value`),
      ...(item.group_id === undefined ? {} : { group_id: text(item.group_id, `${path}.group_id`) }),
    };
  });
}

function pointsOf(typeId: string, value: string, world: World): string {
  const { activityTypes } = world.state.hang;
  const { unknownActivityType, negativeValue } = world.switches.hang;
  const perUnit = activityTypes.get(typeId);
  if (perUnit === undefined && activityTypes.size > 0 && unknownActivityType !== 'accept')
    throw new Refusal(Number(unknownActivityType), 'ACTIVITY_TYPE_NOT_FOUND');
  const amount = parseDecimal(value, 'exponent') ?? zero;
  if (isNegative(amount) && negativeValue === 'refuse') throw invalid('activity.value');
  const sure = isNegative(amount) ? negate(amount) : amount;
  return formatDecimal(perUnit === undefined ? sure : multiply(sure, perUnit));
}

function appliesAt(world: World): { appliesAt?: string | null } {
  const { applyDelayMs } = world.switches.hang;
  if (applyDelayMs === 0) return {};
  return { appliesAt: applyDelayMs < 0 ? null : new Date(world.now() + applyDelayMs).toISOString() };
}

/**
 * Applies an activity once per membership and key. The same key again gives the same 200 and no effect; 200 means
 * accepted, and the answer cannot tell a duplicate (docs/platforms/hang.md#record-an-activity).
 */
export function recordActivity(request: ActivityRequest, bodySha256: string, world: World): Answer {
  const { membership, key, content } = request;
  const { keyRetentionMs, changedBody } = world.switches.hang;
  const answer = json(200, { idempotency_key: key });
  const used = world.state.hang.keys.get(keyOf(membership, key));
  const remembered = used !== undefined && (keyRetentionMs === 0 || world.now() - used.at <= keyRetentionMs);
  if (!remembered) {
    world.commit({ type: 'hang.activity', subject: membership, identity: key, bodySha256, content });
    return answer;
  }
  if (changedBody !== 'ignore' && used.content !== sameContent(content))
    throw new Refusal(Number(changedBody), 'IDEMPOTENCY_KEY_REUSED_WITH_ANOTHER_BODY');
  return { ...answer, replayed: true };
}
