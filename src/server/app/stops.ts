import type { Clock } from '../core/ports/clock.ts';
import type { Log } from '../core/ports/log.ts';

/** What has begun and must be ended, last first. */
export interface Stops {
  add(name: string, stop: (graceMs: number) => Promise<void>): void;
  /**
   * Ends everything begun so far; a failure is said and the rest is ended all the same. `graceMs` is for all of it
   * together: what one part takes, the next ones do not have. Repeating is safe.
   */
  run(graceMs: number): Promise<void>;
}

export function createStops(log: Log, clock: Clock): Stops {
  const begun: { readonly name: string; stop(graceMs: number): Promise<void> }[] = [];
  return {
    add: (name, stop) => void begun.push({ name, stop }),
    async run(graceMs) {
      const end = clock.monotonicMs() + graceMs;
      for (let last = begun.pop(); last; last = begun.pop()) {
        try {
          await last.stop(Math.max(0, end - clock.monotonicMs()));
        } catch (error) {
          log.error({ part: last.name, error }, 'a part could not be ended in order');
        }
      }
    },
  };
}
