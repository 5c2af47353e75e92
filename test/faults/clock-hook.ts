/**
 * Loaded before the importer (`node --import`): a clock that somebody keeps setting. Every 300 ms it stands elsewhere, up
 * to two days off; `performance.now()` goes on, as the kernel's monotonic clock does.
 */
const hour = 3_600_000;
const leaps = [-49 * hour, 0, 40 * 60_000, 26 * hour, -3 * hour];
const real = Date.now.bind(Date);
const begun = performance.now();
const now = (): number => real() + (leaps[Math.floor((performance.now() - begun) / 300) % leaps.length] ?? 0);

globalThis.Date = new Proxy(Date, {
  construct: (target, args, self) => Reflect.construct(target, args.length === 0 ? [now()] : args, self),
  get: (target, name, self) => (name === 'now' ? now : Reflect.get(target, name, self)),
});
