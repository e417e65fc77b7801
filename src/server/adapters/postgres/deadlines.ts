import type { Clock } from '../../core/ports/clock.ts';

/** Many limits with one timer: thousands of queries a second would otherwise leave as many timers behind. */
export interface Deadlines {
  /** Calls `expire` once, up to 100 ms late, unless the returned function is called before. */
  watch(afterMs: number, expire: () => void): () => void;
}

interface Watched {
  readonly at: number;
  readonly expire: () => void;
}

const LOOK_EVERY_MS = 100;

export function createDeadlines(clock: Clock): Deadlines {
  const watched = new Set<Watched>();
  let looking = false;

  function expireDue(): void {
    const now = clock.monotonicMs();
    for (const one of watched) {
      if (one.at > now) continue;
      watched.delete(one);
      one.expire();
    }
  }

  async function look(): Promise<void> {
    looking = true;
    while (watched.size > 0) {
      await clock.sleep(LOOK_EVERY_MS);
      expireDue();
    }
    looking = false;
  }

  return {
    watch(afterMs, expire) {
      const one = { at: clock.monotonicMs() + afterMs, expire };
      watched.add(one);
      if (!looking) void look();
      return () => watched.delete(one);
    },
  };
}
