import { comparePeers, type PeerDiff } from '../../core/peer-diff.ts';
import {
  BUCKETS,
  type BucketDigest,
  differingBuckets,
  type PeerDigest,
  wholeOf,
} from '../../core/peer-digest.ts';
import type { Backend, Wanted } from '../../core/ports/backend.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { createTurns, portions, type Turns } from '../../core/turns.ts';

/** What separates a node from the database, and how large both are. */
export interface Drift<W, L> extends PeerDiff<W, L> {
  readonly live: number;
  readonly wanted: number;
  /** Keys of wanted peers that a job is about to bring: applied here all the same, and no drift. */
  readonly underway: ReadonlySet<string>;
  /** What the database wants came to; null where the backend has no digests. */
  readonly digest: BucketDigest | null;
}

export const digestOf = ({ digest }: Pick<Drift<unknown, unknown>, 'digest'>): PeerDigest | null =>
  digest && wholeOf(digest);

/** Differing in more buckets than this share, everything is read: the sieve would hold nothing back. */
const MOST_SIEVED = 0.5;

/**
 * Reads both sides and compares them; changes nothing. First by digest, made of both at the same time: when they come to
 * the same, nothing is fetched. Otherwise only the buckets that differ are, the database page by page: no session is held
 * while another is read, and none of it blocks the event loop for long.
 */
export async function findDrift<W, L>(
  backend: Backend<W, L>,
  clock: Clock,
  signal: AbortSignal,
): Promise<Drift<W, L>> {
  const { digest } = backend;
  if (digest === undefined) return compare(backend, clock, signal, null);
  const [live, wanted] = await Promise.all([digest.live(signal), digest.wanted()]);
  signal.throwIfAborted();
  const differing = differingBuckets(live, wanted);
  if (differing.size === 0) return { ...NO_DRIFT, live: live.count, wanted: wanted.count, digest: wanted };
  return compare(backend, clock, signal, { live, wanted, differing });
}

const NO_DRIFT = { missing: [], changed: [], extra: [], underway: new Set<string>() } as const;

/** What the digests told; `differing` are the buckets worth reading. */
interface Told {
  readonly live: BucketDigest;
  readonly wanted: BucketDigest;
  readonly differing: ReadonlySet<number>;
}

/** The same for both sides: a peer of a bucket that only one of them read would seem to be missing. */
function worthReading({ differing }: Told): ReadonlySet<number> {
  return differing.size < BUCKETS * MOST_SIEVED ? differing : ALL_BUCKETS;
}

const ALL_BUCKETS: ReadonlySet<number> = new Set(Array.from({ length: BUCKETS }, (_, bucket) => bucket));

async function compare<W, L>(
  backend: Backend<W, L>,
  clock: Clock,
  signal: AbortSignal,
  told: Told | null,
): Promise<Drift<W, L>> {
  const turns = createTurns(clock);
  const comparison = comparePeers(backend);
  const buckets = told === null ? undefined : worthReading(told);
  // Both at the same time: nobody changes the node meanwhile, as we hold its lane, and whoever is to be removed is looked up again.
  const pages = inAdvance(backend.wanted(buckets?.size === BUCKETS ? undefined : buckets));
  const live = await backend.read(signal, buckets);
  for (const some of portions(live)) {
    comparison.hold(some);
    await turns.breathe(signal);
  }
  const { underway, count } = await seeWanted(backend, pages, (some) => comparison.see(some), turns, signal);
  return {
    ...comparison.finish(),
    underway,
    live: told?.live.count ?? live.length,
    wanted: told?.wanted.count ?? count,
    digest: told?.wanted ?? null,
  };
}

/** Fetched from now on, one after the other, whether or not anybody asks yet. A failure is told when its turn comes. */
function inAdvance<T>(pages: AsyncIterable<T>): AsyncIterable<T> {
  const fetched = Array.fromAsync(pages);
  fetched.catch(() => undefined);
  return (async function* () {
    yield* await fetched;
  })();
}

async function seeWanted<W, L>(
  backend: Backend<W, L>,
  pages: AsyncIterable<readonly Wanted<W>[]>,
  see: (wanted: readonly W[]) => void,
  turns: Turns,
  signal: AbortSignal,
) {
  const underway = new Set<string>();
  let count = 0;
  for await (const page of pages) {
    signal.throwIfAborted();
    for (const some of portions(page)) {
      see(some);
      for (const peer of some) if (!peer.applied) underway.add(backend.keyOfWanted(peer));
      await turns.breathe(signal);
    }
    count += page.length;
  }
  return { underway, count };
}
