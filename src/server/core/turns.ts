import type { Clock } from './ports/clock.ts';

/** Lets others have their turn on the event loop in the middle of long work. */
export interface Turns {
  /** Waits when this turn has lasted long enough, else goes on at once. Throws the signal's reason when it waits. */
  breathe(signal?: AbortSignal): Promise<void> | void;
}

/** Much less than the loop may be blocked: what else waits for its turn, and a collection of garbage, come on top. Milliseconds. */
const TURN_MS = 2;

export function createTurns(clock: Pick<Clock, 'monotonicMs' | 'sleep'>): Turns {
  let began = clock.monotonicMs();
  return {
    breathe(signal) {
      if (clock.monotonicMs() - began < TURN_MS) return;
      return clock.sleep(0, signal).then(() => {
        began = clock.monotonicMs();
      });
    },
  };
}

/** A list in portions small enough for one look at the clock each. */
export function* portions<T>(items: readonly T[], size = 200): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
