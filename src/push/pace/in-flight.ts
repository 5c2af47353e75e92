/**
 * Requests in flight. p-limit gives a request its place, and with a place it waits for a slot of the pacer: its moment to
 * leave. How many places there are is booked (`places.ts`), and may change at any time.
 */
import pLimit from 'p-limit';

export interface InFlight<T> {
  /** Places that this process may use. */
  readonly places: () => number;
  readonly setPlaces: (places: number) => void;
  /** `send` is called when the request leaves; it never rejects. */
  readonly add: (request: T, send: (probe: boolean) => Promise<void>) => void;
  /** Requests that have not left. */
  readonly waiting: () => number;
  /** The request that leaves next; null while it has no place. */
  readonly next: () => T | null;
  /** A moment has come: the next request leaves. False: it has no place. */
  readonly leave: (probe: boolean) => boolean;
  /** Takes back all that have not left. */
  readonly withdraw: () => readonly T[];
  /** Requests that left and have no answer yet. */
  readonly count: () => number;
  /** Resolves when what has left by now has its answer. */
  readonly answered: () => Promise<void>;
}

/** Called with the flight that takes a place, or with null where the place is given back. */
type Place = (flight: Promise<void> | null) => void;

export function createInFlight<T>(): InFlight<T> {
  const limit = pLimit(1);
  const waiting: { readonly request: T; readonly send: (probe: boolean) => Promise<void> }[] = [];
  const places: Place[] = []; // given by p-limit, and not used yet
  const flights = new Set<Promise<void>>();
  let most = 0;
  let epoch = 0; // rises when places are given back, so that those on their way are too

  const queue = (): void => {
    const born = epoch;
    void limit(async () => {
      if (born !== epoch) return;
      const flight = await new Promise<Promise<void> | null>((resolve) => places.push(resolve));
      await flight;
    });
  };
  const giveBackPlaces = (): void => {
    epoch += 1;
    limit.clearQueue();
    for (const place of places.splice(0)) place(null);
  };
  const takePlace = (): Place | undefined => (most > 0 && waiting.length > 0 ? places.shift() : undefined);

  return {
    places: () => most,
    setPlaces(count) {
      const isFewer = count < most;
      most = count;
      limit.concurrency = Math.max(1, count); // p-limit knows no 0: then nothing leaves
      if (!isFewer) return;
      // who waits for a moment queues for a place again
      giveBackPlaces();
      for (const _ of waiting) queue();
    },
    add(request, send) {
      waiting.push({ request, send });
      queue();
    },
    waiting: () => waiting.length,
    next: () => (most > 0 && places.length > 0 ? (waiting[0]?.request ?? null) : null),
    leave(probe) {
      const place = takePlace();
      if (place === undefined) return false;
      const flight = waiting.shift()?.send(probe) ?? Promise.resolve();
      flights.add(flight);
      place(flight.finally(() => flights.delete(flight)));
      return true;
    },
    withdraw() {
      giveBackPlaces();
      return waiting.splice(0).map((each) => each.request);
    },
    count: () => flights.size,
    answered: async () => void (await Promise.all(flights)),
  };
}
