/** type=manage_memberships: update (the whole configuration, every time), info and list. */
import { Refusal, type World } from '../call.ts';
import type { ProgramSettings } from '../effects.ts';
import { withoutRequest } from '../effects.ts';
import type { Payload } from './output.ts';

type Fields = ReadonlyMap<string, string>;

const common = [
  ...['API', 'user_id', 'user_api_key', 'user_password', 'type', 'action', 'account_id'],
  ...['output', 'callback', 'condensed'],
];
const settings = [
  'membership_program_id',
  'membership_program_name',
  'membership_style',
  'membership_time_range',
  'membership_time_unit',
  'membership_custom_qualifier_name',
  'membership_campaigns_included',
] as const;

function onlyKnown(form: Fields, known: readonly string[], world: World): void {
  if (world.switches.stickystreet.unknownFields === 'ignore') return;
  const stranger = [...form.keys()].find((name) => !known.includes(name));
  if (stranger !== undefined) throw new Refusal(400, `${stranger} is not a field of this call`);
}

function required(form: Fields, name: string): string {
  const value = form.get(name);
  if (value === undefined || value === '') throw new Refusal(400, `${name} is required`);
  return value;
}

function oneOf(value: string, choices: readonly string[], name: string): string {
  if (!choices.includes(value)) throw new Refusal(400, `${name} must be ${choices.join(' or ')}`);
  return value;
}

/** All settings, checked as the table of the document has them (docs/platforms/stickystreet.md#update-a-membership-program). */
function readSettings(form: Fields, world: World): ProgramSettings {
  const { typeAlias, qualifierOnStyleA, severalCampaigns } = world.switches.stickystreet;
  const alias = typeAlias && !form.has('membership_style') ? 'membership_type' : 'membership_style';
  const style = oneOf(required(form, alias), ['A', 'B'], alias);
  const range = required(form, 'membership_time_range');
  if (!/^[1-9]\d{0,8}$/.test(range)) throw new Refusal(400, 'membership_time_range must be a whole number');
  const campaigns = required(form, 'membership_campaigns_included');
  const campaign = severalCampaigns === 'accept' ? /^\w+(,\w+)*$/ : /^\w+$/;
  if (!campaign.test(campaigns))
    throw new Refusal(400, 'membership_campaigns_included must be all or a campaign ID');
  const qualifier = form.get('membership_custom_qualifier_name') ?? '';
  if (style === 'A' && qualifier !== '' && qualifierOnStyleA === 'refuse')
    throw new Refusal(400, 'membership_custom_qualifier_name is only for style B');
  return {
    membership_program_id: required(form, 'membership_program_id'),
    membership_program_name: required(form, 'membership_program_name'),
    membership_style: style,
    membership_time_range: range,
    membership_time_unit: oneOf(
      required(form, 'membership_time_unit'),
      ['D', 'M', 'Y'],
      'membership_time_unit',
    ),
    ...(style === 'B'
      ? { membership_custom_qualifier_name: required(form, 'membership_custom_qualifier_name') }
      : {}),
    membership_campaigns_included: campaigns,
  };
}

export function update(form: Fields, bodySha256: string, world: World): Payload {
  const alias = world.switches.stickystreet.typeAlias ? ['membership_type'] : [];
  onlyKnown(form, [...common, ...settings, ...alias], world);
  const content = readSettings(form, world);
  const subject = required(form, 'membership_program_id');
  if (!world.state.stickystreet.programs.has(subject)) {
    if (!world.switches.stickystreet.autoPrograms) throw notFound();
    world.commit({ type: 'seed.stickystreet.program', subject, ...withoutRequest, content });
  }
  world.commit({ type: 'stickystreet.program', subject, identity: null, bodySha256, content });
  return { membership_program_id: subject };
}

const notFound = (): Refusal => new Refusal(404, 'Membership program not found');

/** The names of this action and of its answer are by analogy with the levels' (docs/platforms/stickystreet.md#read-programs). */
export function info(form: Fields, _bodySha256: string, world: World): Payload {
  onlyKnown(form, [...common, 'membership_program_id'], world);
  const program = world.state.stickystreet.programs.get(required(form, 'membership_program_id'));
  if (program === undefined) throw notFound();
  return { membership_program: program };
}

export function list(form: Fields, _bodySha256: string, world: World): Payload {
  onlyKnown(form, common, world);
  return { membership_program: [...world.state.stickystreet.programs.values()] };
}
