import type { Clock } from '../../core/ports/clock.ts';

/** A thousand peers take two to five milliseconds; then others get their turn on the event loop. */
const ITEMS_PER_TURN = 1_000;

/** `items.map(each)` for lists long enough to make everybody else wait. Throws the signal's reason between turns. */
export async function inTurns<A, B>(
  clock: Clock,
  items: readonly A[],
  each: (item: A, index: number) => B,
  signal?: AbortSignal,
): Promise<readonly B[]> {
  const results: B[] = [];
  for (const [index, item] of items.entries()) {
    if (index > 0 && index % ITEMS_PER_TURN === 0) await clock.sleep(0, signal);
    results.push(each(item, index));
  }
  return results;
}
