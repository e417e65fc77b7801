import type { Clock } from '../core/ports/clock.ts';
import type { AccessStore } from '../core/ports/store.ts';

/** Subscriptions in one transaction. */
const PAGE = 200;

/**
 * Ends access whose time is over: peers become unwanted and their jobs are enqueued in the same transaction.
 * Runs until nothing is due; safe to repeat. Returns how many subscriptions ended.
 */
export async function expireSubscriptions(
  deps: { readonly store: AccessStore; readonly clock: Clock },
  signal: AbortSignal,
): Promise<number> {
  const now = deps.clock.now();
  let total = 0;
  for (;;) {
    signal.throwIfAborted();
    const ended = await deps.store.expire(now, PAGE);
    total += ended;
    if (ended < PAGE) return total;
  }
}
