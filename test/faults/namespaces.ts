/** Processes that cannot see each other: a pid namespace of their own, or a /proc that hides other users. Linux, as root. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Place, StartOptions } from './place.ts';
import { repository } from './world.ts';

/** Same host name, same boot id, pids of its own. Ends with whoever started it. */
const apart = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];

/**
 * Another user, who sees no process but his own. A /proc of its own: to remount the present one would change it for
 * everybody.
 */
const hiding =
  'mount -t proc -o hidepid=2 proc /proc && exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"';
const hidden = ['unshare', '--mount', 'sh', '-c', hiding, 'sh'];

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

/** How to start one in this place. */
export function seenAs(place: Place, sight: Sight): StartOptions {
  const folder = path.join(place.folder, 'theirs');
  mkdirSync(folder, { recursive: true });
  chmodSync(place.folder, 0o755);
  chmodSync(folder, 0o777);
  const env = {
    POINTFERRY_WORKDIR: path.join(folder, 'work'),
    TMPDIR: folder,
    HOME: folder,
    NODE_COMPILE_CACHE: path.join(folder, 'cache'),
  };
  return { under: under[sight], env };
}
