import type { Clock } from '../core/ports/clock.ts';
import type { AccessStore } from '../core/ports/store.ts';

/** Subscriptions in one transaction. */
const PAGE = 200;

/**
 * Ends access whose time is over: peers become unwanted and their jobs are enqueued in the same transaction.
 * Runs until nothing is due; safe to repeat. Returns how many subscriptions ended.
 *
 * Access follows the wall clock of the process that holds the node, wherever that clock jumps. A jump forward ends what is
 * due by the new time. A jump back takes those ends back: whoever has time left again is let in again, with the same
 * config, within one run; nobody is cut off for good by a clock. Whoever ended in earnest within the jump gets those
 * minutes a second time, which is the harm that is accepted. Users hear of an end when it is carried out.
 */
export async function expireSubscriptions(
  deps: { readonly store: AccessStore; readonly clock: Clock },
  signal: AbortSignal,
): Promise<number> {
  const now = deps.clock.now();
  await untilDone(signal, () => deps.store.revive(now, PAGE));
  return untilDone(signal, () => deps.store.expire(now, PAGE));
}

async function untilDone(signal: AbortSignal, page: () => Promise<number>): Promise<number> {
  let total = 0;
  for (;;) {
    signal.throwIfAborted();
    const done = await page();
    total += done;
    if (done < PAGE) return total;
  }
}
