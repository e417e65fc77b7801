import { isPassing } from '../core/errors.ts';
import type { NodeId } from '../core/ids.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { AccessStore } from '../core/ports/store.ts';
import type {
  CounterStore,
  KnownTraffic,
  RawTraffic,
  TrafficSource,
  TrafficStep,
} from '../core/ports/traffic.ts';
import { countAbsence, countTraffic } from '../core/traffic.ts';
import { createKnownPeers } from './known-peers.ts';

/**
 * Reads each node once and adds what is new to totals that outlive it; then ends what has used up its limit.
 *
 * Order for a node: read it with no connection held; look up keys not seen before, and when some are ours read again, so
 * that no reading is older than what is known; write the rows that changed, in short transactions. Then limits are
 * carried out. One node that fails keeps no other from being counted. Safe to repeat at every point: a step is written
 * only where its peer still stands where the step began.
 */
export interface CountTrafficDeps {
  readonly sources: readonly TrafficSource[];
  readonly counters: CounterStore;
  readonly access: Pick<AccessStore, 'endLimited'>;
  /** The node whose holder counts, and the take-over it holds it under. */
  readonly holder: NodeId;
  epoch(): number;
  readonly clock: Clock;
}

export interface CountTraffic {
  /** Counts when it is time: at every call while somebody has a limit, else now and then. Answers the bytes that were new. */
  run(signal: AbortSignal): Promise<number>;
}

/** Without any limit nobody waits for a number. */
const AT_EASE_MS = 30_000;
/** Peers whose step is worked out before others get their turn on the event loop: about two milliseconds. */
const PEERS_A_TURN = 1000;
/** Rows in one transaction. */
const ROWS_AT_ONCE = 500;
/** Subscriptions whose limit is carried out in one transaction. */
const LIMITED_AT_ONCE = 200;

export function createCountTraffic(deps: CountTrafficDeps): CountTraffic {
  const { clock, counters } = deps;
  const tallies = deps.sources.map((source) => createTally(deps, source));
  let countedAt: number | null = null;

  async function endLimited(signal: AbortSignal): Promise<void> {
    for (let ended = LIMITED_AT_ONCE; ended === LIMITED_AT_ONCE; ) {
      signal.throwIfAborted();
      ended = await deps.access.endLimited(clock.now(), LIMITED_AT_ONCE);
    }
  }

  return {
    async run(signal) {
      const atEase = countedAt !== null && clock.monotonicMs() - countedAt < AT_EASE_MS;
      if (atEase && !(await counters.anyLimit(clock.now()))) return 0;
      const results = await Promise.allSettled(tallies.map((tally) => tally.count(signal)));
      await endLimited(signal);
      throwFirst(deps, results);
      countedAt = clock.monotonicMs();
      return results.reduce((total, each) => total + (each.status === 'fulfilled' ? each.value : 0), 0);
    },
  };
}

/**
 * The holder's own node must answer. Another one that is away is told of by its breaker: a job that failed for it would
 * wait before it comes again, and with it everybody who has a limit.
 */
function throwFirst({ sources, holder }: CountTrafficDeps, results: readonly PromiseSettledResult<number>[]) {
  for (const [index, result] of results.entries()) {
    if (result.status === 'fulfilled') continue;
    if (sources[index]?.node === holder || !isPassing(result.reason)) throw result.reason;
  }
}

/** One node's counting. What is known is kept in memory between two runs, so that a quiet run reads no table. */
function createTally(deps: CountTrafficDeps, source: TrafficSource) {
  const { clock, counters } = deps;
  const known = createKnownPeers();
  let epoch: number | null = null;

  /** A few at a time, so that others get their turn on the event loop. */
  async function* inTurns<T>(items: readonly T[], signal: AbortSignal): AsyncIterable<readonly T[]> {
    for (let start = 0; start < items.length; start += PEERS_A_TURN) {
      if (start > 0) await clock.sleep(0, signal);
      yield items.slice(start, start + PEERS_A_TURN);
    }
  }

  /** True when some of those not known before turned out to be ours. */
  async function meet(peers: readonly RawTraffic[], signal: AbortSignal): Promise<boolean> {
    let met = false;
    for await (const some of inTurns(peers, signal)) {
      const strange = some.filter((peer) => !known.has(peer.key)).map((peer) => peer.key);
      if (strange.length === 0) continue;
      const found = await counters.known(source, strange);
      for (const each of found) known.put(each);
      met ||= found.length > 0;
    }
    return met;
  }

  async function read(signal: AbortSignal) {
    const first = await source.read(signal);
    return (await meet(first.peers, signal)) ? source.read(signal) : first;
  }

  /** What every peer's step is, those on the node and those that left it. */
  async function steps(boot: string, peers: readonly RawTraffic[], signal: AbortSignal) {
    const taken: Step[] = [];
    known.beginRound();
    for await (const some of inTurns(peers, signal)) {
      for (const peer of some) {
        const step = stepOf(known.see(peer.key), boot, peer);
        if (step) taken.push(step);
      }
    }
    for await (const some of inTurns(known.unseen(), signal)) {
      for (const peer of some) {
        const step = absenceOf(peer, boot);
        if (step) taken.push(step);
        else known.letGo(peer);
      }
    }
    return taken;
  }

  async function write(taken: readonly Step[], held: number, signal: AbortSignal): Promise<number> {
    let bytes = 0;
    for (let start = 0; start < taken.length; start += ROWS_AT_ONCE) {
      signal.throwIfAborted();
      const some = taken.slice(start, start + ROWS_AT_ONCE);
      const holder = { id: deps.holder, epoch: held };
      const written = await counters.record(holder, some, clock.now());
      // Fewer: somebody else counted them meanwhile, and what is known here is looked up again.
      for (const each of some) {
        if (each.left || written < some.length) known.letGo(each);
        else known.put({ key: each.key, peerId: each.peerId, counter: each.next });
      }
      bytes += some.reduce((total, each) => total + each.added, 0);
    }
    return bytes;
  }

  return {
    async count(signal: AbortSignal): Promise<number> {
      const held = deps.epoch();
      if (held !== epoch) known.clear();
      epoch = held;
      const { boot, peers } = await read(signal);
      const taken = await steps(boot, peers, signal);
      try {
        return await write(taken, held, signal);
      } catch (error) {
        // A commit whose answer was lost may have been written.
        known.clear();
        throw error;
      }
    },
  };
}

interface Step extends TrafficStep {
  readonly key: string;
  readonly added: number;
  /** It is on the node no longer. */
  readonly left: boolean;
}

function stepOf(known: KnownTraffic | undefined, boot: string, peer: RawTraffic): Step | null {
  if (known === undefined) return null;
  const { key, peerId, counter } = known;
  const reading = { ...peer, boot: bootOf(boot, key) };
  const { counter: next, added, changed } = countTraffic(counter, reading);
  return changed ? { key, peerId, known: counter, next, added, left: false } : null;
}

/** On an interface that was made anew since it was read, it begins at nothing in any case. */
function absenceOf({ key, peerId, counter }: KnownTraffic, boot: string): Step | null {
  const next = counter?.boot === bootOf(boot, key) ? countAbsence(counter) : null;
  return next && { key, peerId, known: counter, next, added: 0, left: true };
}

/** A peer with a new key begins at nothing, though its interface goes on. */
const bootOf = (boot: string, key: string): string => `${boot}/${key.slice(0, 12)}`;
