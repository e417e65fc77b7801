import type { NodeId } from '../core/ids.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Log } from '../core/ports/log.ts';
import type { OperatorStore } from '../core/ports/operators.ts';
import type { ReconcileStore } from '../core/ports/reconcile-store.ts';
import type { Inbox, NodeStore, PeerStore } from '../core/ports/store.ts';

export interface KeepHouseDeps {
  /** Whose peers are looked after. */
  readonly held: readonly NodeId[];
  readonly inbox: Inbox;
  readonly nodes: NodeStore;
  readonly peers: PeerStore;
  readonly operators: Pick<OperatorStore, 'forget'>;
  readonly quarantine: Pick<ReconcileStore, 'forget'>;
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

/**
 * The small duties: peers without a job get one, rested addresses become free, old records go. One that fails keeps
 * no other from being done; the first failure is thrown at the end. Safe to repeat.
 */
export async function keepHouse(deps: KeepHouseDeps): Promise<void> {
  const done: Record<string, number> = {};
  const failures: unknown[] = [];
  for (const [name, duty] of Object.entries(duties(deps))) {
    try {
      done[name] = await duty();
    } catch (error) {
      failures.push(error);
    }
  }
  if (Object.values(done).some((count) => count > 0)) deps.log.info(done, 'housekeeping');
  if (failures.length > 0) throw failures[0];
}

/** Users first, then space. */
function duties({ held, nodes, peers, inbox, operators, quarantine, clock, restMs }: KeepHouseDeps) {
  const now = clock.now().getTime();
  const before = (ageMs: number) => new Date(now - ageMs);
  return {
    async retried() {
      let count = 0;
      for (const node of held) count += await peers.enqueueOverdue(node, before(UNAPPLIED_AFTER_MS), 500);
      return count;
    },
    freed: () => nodes.wakeResting(before(restMs)),
    updates: () => inbox.forget(before(UPDATES_KEPT_MS)),
    runs: () => nodes.forgetRuns(before(RUNS_KEPT_MS)),
    strangers: () => quarantine.forget(before(RUNS_KEPT_MS)),
    logins: () => operators.forget(new Date(now)),
  };
}
