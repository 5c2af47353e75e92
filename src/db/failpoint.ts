/**
 * Named points at which a test makes this process die, stop or fail. Without POINTFERRY_FAILPOINTS they do nothing.
 *
 * POINTFERRY_FAILPOINTS='push/before-settle-commit=kill@3;stage/after-copy=throw' : the third time, the first time.
 * kill: SIGKILL, as a power cut; stop: SIGSTOP, until somebody sends SIGCONT; throw: an error nobody expects.
 *
 * POINTFERRY_FAILPOINTS='count' : does nothing, and at the end prints on stderr how often each was passed.
 */

/** All of them, so that the fault suite can try each. Named after the stage, before or after what. */
export const failpoints = [
  'run/before-begin-commit',
  'run/after-begin',
  'run/before-hold-commit',
  'run/after-hold',
  'run/before-stage-commit',
  'run/after-stage',
  'stage/before-land-commit',
  'stage/after-land',
  'normalize/before-build-commit',
  'normalize/after-build',
  'normalize/before-chunk-commit',
  'normalize/after-chunk',
  'normalize/before-release-commit',
  'normalize/after-release',
  'push/before-claim-commit',
  'push/after-claim',
  'push/after-permit',
  'push/before-intent-commit',
  'push/after-intent',
  'push/before-send',
  'push/after-send',
  'push/before-settle-commit',
  'push/after-settle',
  'push/before-takeover-commit',
  'push/after-takeover',
  'run/before-end-commit',
  'run/after-end',
  'report/before-files',
  'report/before-summary',
  'report/after-summary',
  'run/before-close-commit',
  'run/after-close',
] as const;
export type Failpoint = (typeof failpoints)[number];

type Action = 'kill' | 'stop' | 'throw';

interface Armed {
  readonly action: Action;
  /** Times the point is passed before it acts. */
  left: number;
}

const asked = process.env.POINTFERRY_FAILPOINTS ?? '';
const passed: Record<string, number> | null = asked === 'count' ? {} : null;
if (passed) process.on('exit', () => process.stderr.write(`failpoints ${JSON.stringify(passed)}\n`));
const armed = parse(passed ? '' : asked);

function parse(text: string): ReadonlyMap<string, Armed> {
  const found = new Map<string, Armed>();
  for (const part of text.split(';').filter((each) => each !== '')) {
    const [, name, action, at] = /^([\w/-]+)=(kill|stop|throw)(?:@(\d+))?$/.exec(part) ?? [];
    if (name === undefined || !failpoints.includes(name as Failpoint)) {
      throw new TypeError(`POINTFERRY_FAILPOINTS: ${part}`);
    }
    found.set(name, { action: action as Action, left: Number(at ?? 1) });
  }
  return found;
}

export function failpoint(name: Failpoint): void {
  if (passed) passed[name] = (passed[name] ?? 0) + 1;
  const point = armed.get(name);
  if (point === undefined) return;
  point.left -= 1;
  if (point.left !== 0) return;
  if (point.action === 'throw') throw new Error(`failpoint ${name}`);
  process.kill(process.pid, point.action === 'kill' ? 'SIGKILL' : 'SIGSTOP');
  // the signal is under way to some thread: this one does nothing more until it has arrived
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, point.action === 'kill' ? 10_000 : 50);
}
