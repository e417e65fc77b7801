import type { NodeId } from '../core/ids.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Log } from '../core/ports/log.ts';
import type { Inbox, NodeStore, PeerStore } from '../core/ports/store.ts';

export interface KeepHouseDeps {
  readonly node: NodeId;
  readonly inbox: Inbox;
  readonly nodes: NodeStore;
  readonly peers: PeerStore;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a given-back address rests before it is free again. Milliseconds. */
  readonly restMs: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Telegram repeats an update for at most 24 hours; a week leaves room for a look back. */
const UPDATES_KEPT_MS = 7 * DAY_MS;
const RUNS_KEPT_MS = 30 * DAY_MS;
/** A peer not applied for this long, with its job dead or discarded, is tried again. */
const UNAPPLIED_AFTER_MS = 10 * MINUTE_MS;

/** The small duties: rested addresses become free, old records go, peers without a job get one. Safe to repeat. */
export async function keepHouse(deps: KeepHouseDeps): Promise<void> {
  const now = deps.clock.now().getTime();
  const before = (ageMs: number) => new Date(now - ageMs);
  const freed = await deps.nodes.wakeResting(before(deps.restMs));
  const updates = await deps.inbox.forget(before(UPDATES_KEPT_MS));
  const runs = await deps.nodes.forgetRuns(before(RUNS_KEPT_MS));
  const retried = await deps.peers.enqueueOverdue(deps.node, before(UNAPPLIED_AFTER_MS), 500);
  if (freed + updates + runs + retried > 0) {
    deps.log.info({ freed, updates, runs, retried }, 'housekeeping');
  }
}
