import { AppError } from '../../core/errors.ts';
import type { Deadlines } from './deadlines.ts';

/** A fixed number of permits, handed out in the order asked for, with a limit on the wait. */
export interface Gate {
  /** Resolves with a permit. Throws AppError `unavailable` when the wait is too long or the gate is closed. */
  take(): Promise<void>;
  /** Gives one permit back; each taken permit exactly once. */
  give(): void;
  /** Refuses everybody waiting and everybody to come. */
  close(): void;
  readonly free: number;
  readonly waiting: number;
}

interface Waiter {
  readonly admit: () => void;
  readonly refuse: (error: AppError) => void;
}

export function createGate(permits: number, maxWaitMs: number, deadlines: Deadlines): Gate {
  const waiters = new Set<Waiter>();
  let free = permits;
  let closed = false;

  function wait(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter: Waiter = { admit: () => leave(resolve), refuse: (error) => leave(() => reject(error)) };
    const forget = deadlines.watch(maxWaitMs, () => waiter.refuse(tooLong(maxWaitMs)));
    const leave = (settle: () => void) => {
      forget();
      waiters.delete(waiter);
      settle();
    };
    waiters.add(waiter);
    return promise;
  }

  return {
    async take() {
      if (closed) throw closing();
      if (free === 0) return wait();
      free -= 1;
    },
    give() {
      const [next] = waiters;
      if (next === undefined) free += 1;
      else next.admit();
    },
    close() {
      closed = true;
      for (const waiter of [...waiters]) waiter.refuse(closing());
    },
    get free() {
      return free;
    },
    get waiting() {
      return waiters.size;
    },
  };
}

function tooLong(maxWaitMs: number): AppError {
  const message = 'The database is busy. Try again in a moment.';
  return new AppError('unavailable', message, {
    retryAfterMs: 1_000,
    details: { reason: 'pool_wait', maxWaitMs },
  });
}

function closing(): AppError {
  return new AppError('unavailable', 'Shutting down. Try again in a moment.', {
    details: { reason: 'closing' },
  });
}
