/** Members, programs and activity types that are there before anything is sent. */

import { PointferryError } from '../ground/errors.ts';
import type { World } from './call.ts';
import { parseDecimal } from './decimal.ts';
import { withoutRequest } from './effects.ts';
import type { Seeds } from './options.ts';

export interface Planted {
  readonly added: number;
  /** Ids that were there already, left as they are. */
  readonly known: number;
}

/**
 * Adds what is not there yet.
 * @throws PointferryError CONFIG_INVALID when an entry has no id; the entries before it are kept.
 */
export function plant(world: World, seeds: Seeds): Planted {
  const { state, commit } = world;
  let added = 0;
  let known = 0;
  const once = (there: ReadonlyMap<string, unknown>, id: unknown, add: (id: string) => void): void => {
    if (typeof id !== 'string' || id === '') throw noId();
    if (there.has(id)) known += 1;
    else {
      add(id);
      added += 1;
    }
  };
  for (const type of seeds.hang?.activityTypes ?? [])
    once(state.hang.activityTypes, type.id, (subject) => {
      const content = { id: subject, points_per_unit: type.points_per_unit ?? '1' };
      if (parseDecimal(content.points_per_unit) === undefined) throw noId();
      commit({ type: 'seed.hang.activityType', subject, ...withoutRequest, content });
    });
  for (const content of seeds.hang?.members ?? [])
    once(state.hang.members, content.id, (subject) =>
      commit({ type: 'seed.hang.member', subject, ...withoutRequest, content }),
    );
  for (const content of seeds.fabric?.members ?? [])
    once(state.fabric.members, content.profileId, (subject) =>
      commit({ type: 'seed.fabric.member', subject, ...withoutRequest, content }),
    );
  for (const content of seeds.stickystreet?.programs ?? [])
    once(state.stickystreet.programs, content.membership_program_id, (subject) =>
      commit({ type: 'seed.stickystreet.program', subject, ...withoutRequest, content }),
    );
  return { added, known };
}

const noId = (): PointferryError =>
  new PointferryError('CONFIG_INVALID', 'an entry to seed has no id, or points_per_unit is not a decimal', {
    hint: 'src/sandbox/README.md shows the seeds',
  });
