import type { Clock } from '../../core/ports/clock.ts';
import { conflict } from '../model/api-error.ts';
import type { Update } from '../model/telegram-types.ts';
import type { UpdateQueue } from '../model/update-queue.ts';

const TERMINATED_BY_POLL =
  'terminated by other getUpdates request; make sure that only one bot instance is running';

export interface PollRequest {
  readonly offset: number;
  readonly limit: number;
  readonly timeoutSeconds: number;
}

export interface Poller {
  /**
   * Updates at once if there are any, else when some come or the time is up. A second poll ends the first with 409,
   * as Telegram does. Resolves with none when `signal` aborts.
   */
  poll(request: PollRequest, signal: AbortSignal): Promise<readonly Update[]>;
  /** Tells a waiting poll that there are updates. */
  wake(): void;
  /** Ends a waiting poll with 409 "Conflict: `reason`". */
  terminate(reason: string): void;
}

interface Waiter {
  wake(): void;
  fail(error: Error): void;
}

export function createPoller(queue: UpdateQueue, clock: Clock): Poller {
  let waiter: Waiter | null = null;

  const wait = async (timeoutMs: number, signal: AbortSignal): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const mine: Waiter = { wake: resolve, fail: reject };
    const timer = new AbortController();
    waiter = mine;
    signal.addEventListener('abort', () => resolve(), { once: true });
    clock.sleep(timeoutMs, timer.signal).then(resolve, () => undefined);
    try {
      await promise;
    } finally {
      timer.abort();
      if (waiter === mine) waiter = null;
    }
  };

  return {
    async poll(request, signal) {
      waiter?.fail(conflict(TERMINATED_BY_POLL));
      const read = () => queue.read(request.offset, request.limit, clock.now().getTime());
      const ready = read();
      if (ready.length > 0 || request.timeoutSeconds <= 0) return ready;
      await wait(request.timeoutSeconds * 1000, signal);
      return signal.aborted ? [] : read();
    },
    wake: () => waiter?.wake(),
    terminate: (reason) => waiter?.fail(conflict(reason)),
  };
}
