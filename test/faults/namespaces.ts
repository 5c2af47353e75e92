/** Processes that cannot see each other: a pid namespace of their own, or a /proc that hides other users. Linux, as root. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { repository } from '../world/cli.ts';
import type { SmallWorld, StartOptions } from './small-world.ts';

/** Same host name, same boot id, pids of its own. Ends with whoever started it. */
const apart = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];

/**
 * Another user, who sees no process but his own; he may read and write files as we do, wherever the checkout is. A /proc of
 * its own: to remount the present one would change it for everybody.
 */
const files = '+dac_override,+dac_read_search';
const hidden = [
  ...['unshare', '--mount', 'sh', '-c', 'mount -t proc -o hidepid=2 proc /proc && exec "$@"', 'sh'],
  ...['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'],
  ...[`--inh-caps=${files}`, `--ambient-caps=${files}`],
];

export type Sight = 'a pid namespace of its own' | 'a user who sees no other';

const under: Readonly<Record<Sight, readonly string[]>> = {
  'a pid namespace of its own': apart,
  'a user who sees no other': hidden,
};

/** Can such a process be made here, and does it reach the program? */
export function canBe(sight: Sight): boolean {
  const [command = '', ...words] = [...under[sight], process.execPath, '--check'];
  const main = path.join(repository, 'src', 'main.ts');
  return spawnSync(command, [...words, main], { stdio: 'ignore' }).status === 0;
}

/** How to start one in this world: with a work folder of its own, as another machine or user has. */
export function seenAs({ folder }: SmallWorld, sight: Sight): StartOptions {
  return { under: under[sight], env: { POINTFERRY_WORKDIR: path.join(folder, 'theirs') } };
}
