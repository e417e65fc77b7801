import type { Clock } from '../../core/ports/clock.ts';
import { createTurns, portions } from '../../core/turns.ts';

/** `items.map(each)` for lists long enough to make everybody else wait. Throws the signal's reason between turns. */
export async function inTurns<A, B>(
  clock: Clock,
  items: readonly A[],
  each: (item: A, index: number) => B,
  signal?: AbortSignal,
): Promise<readonly B[]> {
  const turns = createTurns(clock);
  const results: B[] = [];
  for (const some of portions(items)) {
    for (const item of some) results.push(each(item, results.length));
    await turns.breathe(signal);
  }
  return results;
}
