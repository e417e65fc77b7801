import { AppError, isPassing } from '../../core/errors.ts';
import { comparePeers } from '../../core/peer-diff.ts';
import { differingBuckets } from '../../core/peer-digest.ts';
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
  const { absent, unlike } = await readBack(backend, clock, drift, add, signal);
  await clock.sleep(0, signal);
  const has = (key: string) => !unlike.has(key);
  const removed = remove.filter(absent);
  const done: CarriedOut = {
    added: drift.missing.map(backend.keyOfWanted).filter(has),
    changed: drift.changed.map((each) => backend.keyOfWanted(each.wanted)).filter(has),
    removed,
    failure,
  };
  if (failure !== null) return done;
  const stayed = remove.filter((key) => !absent(key));
  return { ...done, failure: await failureOf(backend, [...unlike], stayed) };
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

interface ReadBack {
  /** True of a key that is there no more. */
  absent(key: string): boolean;
  /** Keys that were sent, and are not there as they were. */
  readonly unlike: ReadonlySet<string>;
}

/**
 * What became of what was sent. Where there are digests, a bucket that comes to what is wanted holds every peer of it as it
 * was sent and nobody else; only the others are read.
 */
async function readBack<W, L>(
  backend: Backend<W, L>,
  clock: Clock,
  { digest: wanted }: Pick<Drift<W, L>, 'digest'>,
  sent: readonly W[],
  signal: AbortSignal,
): Promise<ReadBack> {
  const { digest } = backend;
  const buckets = digest && wanted ? differingBuckets(await digest.live(signal), wanted) : undefined;
  if (buckets?.size === 0) return { absent: () => true, unlike: new Set() };
  const doubtful = buckets && digest ? sent.filter((peer) => buckets.has(digest.bucketOfWanted(peer))) : sent;
  return compareBack(backend, clock, await backend.read(signal, buckets), doubtful, signal);
}

async function compareBack<W, L>(
  backend: Backend<W, L>,
  clock: Clock,
  live: readonly L[],
  sent: readonly W[],
  signal: AbortSignal,
): Promise<ReadBack> {
  const turns = createTurns(clock);
  const comparison = comparePeers(backend);
  const present = new Set<string>();
  for (const some of portions(live)) {
    comparison.hold(some);
    for (const peer of some) present.add(backend.keyOfLive(peer));
    await turns.breathe(signal);
  }
  for (const some of portions(sent)) {
    comparison.see(some);
    await turns.breathe(signal);
  }
  const { missing, changed } = comparison.finish();
  const unlike = [...missing, ...changed.map((each) => each.wanted)].map(backend.keyOfWanted);
  return { absent: (key) => !present.has(key), unlike: new Set(unlike) };
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
