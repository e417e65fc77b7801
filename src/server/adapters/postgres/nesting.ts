import { AsyncLocalStorage } from 'node:async_hooks';
import { AppError } from '../../core/errors.ts';

/**
 * A transaction that asks the pool again inside itself deadlocks the pool under load (each holds one connection
 * and waits for a second). This refuses it at once, on the first try, in any test.
 */
export interface NestingGuard {
  /** Runs `work` as the holder of a connection. */
  hold<T>(work: () => Promise<T>): Promise<T>;
  /** Throws AppError `internal` when the caller already holds one. */
  refuse(): void;
}

export function createNestingGuard(): NestingGuard {
  const scope = new AsyncLocalStorage<{ holding: boolean }>();
  return {
    hold(work) {
      const mark = { holding: true };
      return scope.run(mark, async () => {
        try {
          return await work();
        } finally {
          // Work started here may live on; after the end it may use the pool like anybody.
          mark.holding = false;
        }
      });
    },
    refuse() {
      if (scope.getStore()?.holding !== true) return;
      throw new AppError('internal', 'nested use of the pool: use the transaction you are in');
    },
  };
}
