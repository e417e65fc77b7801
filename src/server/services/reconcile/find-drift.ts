import { comparePeers, type PeerDiff } from '../../core/peer-diff.ts';
import { createDigest, type PeerDigest } from '../../core/peer-digest.ts';
import type { Backend } from '../../core/ports/backend.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { createTurns, portions, type Turns } from '../../core/turns.ts';

/** What separates a node from the database, and how large both are. */
export interface Drift<W, L> extends PeerDiff<W, L> {
  readonly live: number;
  readonly wanted: number;
  /** Keys of wanted peers that a job is about to bring: applied here all the same, and no drift. */
  readonly underway: ReadonlySet<string>;
  /** Of what is wanted; null where the backend has no digests. */
  readonly digest: PeerDigest | null;
}

/**
 * Reads both sides and compares them; changes nothing. First by digest: the database adds up what is wanted while the
 * node is read, and when both come to the same nothing else is fetched. Otherwise page by page: no session is held while
 * another is read, and none of it blocks the event loop for long.
 */
export async function findDrift<W, L>(
  backend: Backend<W, L>,
  clock: Clock,
  signal: AbortSignal,
): Promise<Drift<W, L>> {
  const turns = createTurns(clock);
  const [live, digest] = await Promise.all([backend.read(signal), backend.digest?.wanted() ?? null]);
  signal.throwIfAborted();
  if (digest && (await comesTo(backend, live, digest, turns, signal))) return equal(live.length, digest);
  return compareWhole(backend, live, turns, signal);
}

const equal = <W, L>(live: number, digest: PeerDigest): Drift<W, L> => ({
  missing: [],
  changed: [],
  extra: [],
  live,
  wanted: digest.count,
  underway: new Set(),
  digest,
});

async function comesTo<W, L>(
  { digest }: Backend<W, L>,
  live: readonly L[],
  wanted: PeerDigest,
  turns: Turns,
  signal: AbortSignal,
): Promise<boolean> {
  if (!digest || live.length !== wanted.count) return false;
  const building = createDigest();
  for (const some of portions(live)) {
    for (const peer of some) building.add(digest.lineOf(peer));
    await turns.breathe(signal);
  }
  return building.digest().hash === wanted.hash;
}

async function compareWhole<W, L>(
  backend: Backend<W, L>,
  live: readonly L[],
  turns: Turns,
  signal: AbortSignal,
): Promise<Drift<W, L>> {
  const comparison = comparePeers(backend);
  for (const some of portions(live)) {
    comparison.hold(some);
    await turns.breathe(signal);
  }
  const underway = new Set<string>();
  const building = createDigest();
  let wanted = 0;
  for await (const page of backend.wanted()) {
    signal.throwIfAborted();
    for (const some of portions(page)) {
      comparison.see(some);
      for (const peer of some) {
        if (!peer.applied) underway.add(backend.keyOfWanted(peer));
        if (backend.digest) building.add(backend.digest.lineOfWanted(peer));
      }
      await turns.breathe(signal);
    }
    wanted += page.length;
  }
  const digest = backend.digest ? building.digest() : null;
  return { ...comparison.finish(), live: live.length, wanted, underway, digest };
}
