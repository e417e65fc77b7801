import { AppError, isPassing } from '../../core/errors.ts';
import { comparePeers } from '../../core/peer-diff.ts';
import type { Backend } from '../../core/ports/backend.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { createTurns, portions } from '../../core/turns.ts';
import type { Drift } from './find-drift.ts';
import { standingOf } from './plan-corrections.ts';

/** What the node was found to hold after the change: only that counts. */
export interface CarriedOut {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  /** Why it is not all of it; null: it is. */
  readonly failure: unknown;
}

const NOTHING: CarriedOut = { added: [], changed: [], removed: [], failure: null };

/**
 * Sends the whole difference at once and reads the node back. A node that takes some of it and no more (a full interface)
 * has answered: what it holds is told beside the failure. One that does not answer at all throws.
 */
export async function carryOut<W, L>(
  backend: Backend<W, L>,
  clock: Clock,
  drift: Drift<W, L>,
  remove: readonly string[],
  signal: AbortSignal,
): Promise<CarriedOut> {
  const add = [...drift.missing, ...drift.changed.map((each) => each.wanted)];
  if (add.length + remove.length === 0) return NOTHING;
  const failure = await send(backend, { remove, add }, signal);
  const { live, unlike } = await readBack(backend, clock, add, signal);
  const has = (key: string) => live.has(key) && !unlike.has(key);
  const removed = remove.filter((key) => !live.has(key));
  const done: CarriedOut = {
    added: drift.missing.map(backend.keyOfWanted).filter(has),
    changed: drift.changed.map((each) => backend.keyOfWanted(each.wanted)).filter(has),
    removed,
    failure,
  };
  if (failure !== null) return done;
  const undone = [...add.map(backend.keyOfWanted).filter((key) => !has(key))];
  const stayed = remove.filter((key) => live.has(key));
  return { ...done, failure: await failureOf(backend, undone, stayed) };
}

async function send<W, L>(
  backend: Backend<W, L>,
  change: { readonly remove: readonly string[]; readonly add: readonly W[] },
  signal: AbortSignal,
): Promise<unknown> {
  try {
    await backend.apply(change, signal);
    return null;
  } catch (error) {
    if (isPassing(error)) throw error;
    signal.throwIfAborted();
    return error;
  }
}

/** Keys that are there, and those of them that are not as they were sent. */
async function readBack<W, L>(backend: Backend<W, L>, clock: Clock, sent: readonly W[], signal: AbortSignal) {
  const turns = createTurns(clock);
  const comparison = comparePeers(backend);
  const live = new Set<string>();
  for (const some of portions(await backend.read(signal))) {
    comparison.hold(some);
    for (const peer of some) live.add(backend.keyOfLive(peer));
    await turns.breathe(signal);
  }
  for (const some of portions(sent)) {
    comparison.see(some);
    await turns.breathe(signal);
  }
  const { changed } = comparison.finish();
  return { live, unlike: new Set(changed.map((each) => backend.keyOfWanted(each.wanted))) };
}

/** What the database wants by now may be something else: then the node is right to be otherwise. */
async function failureOf<W, L>(
  backend: Backend<W, L>,
  undone: readonly string[],
  stayed: readonly string[],
): Promise<unknown> {
  if (undone.length + stayed.length === 0) return null;
  const standing = await standingOf(backend, [...undone, ...stayed]);
  const wrong = [
    ...undone.filter((key) => standing.get(key) === 'wanted'),
    ...stayed.filter((key) => standing.get(key) !== 'wanted'),
  ];
  if (wrong.length === 0) return null;
  const details = { first: wrong[0] };
  return new AppError('unavailable', `${wrong.length} peers are not as they were just applied.`, { details });
}
