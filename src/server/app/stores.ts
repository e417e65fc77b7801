import { createJobs, type Jobs } from '../adapters/jobs/jobs.ts';
import { readDeadEvents, readJobVitals } from '../adapters/jobs/vitals.ts';
import type { Database } from '../adapters/postgres/client.ts';
import { createAccessStore } from '../adapters/postgres/stores/access-store.ts';
import { createAddressAllocator } from '../adapters/postgres/stores/address-allocator.ts';
import { createCounterStore } from '../adapters/postgres/stores/counter-store.ts';
import { createDashboardReader } from '../adapters/postgres/stores/dashboard-reader.ts';
import { createInbox } from '../adapters/postgres/stores/inbox.ts';
import { createNodeStore } from '../adapters/postgres/stores/node-store.ts';
import { createOperationStore } from '../adapters/postgres/stores/operation-store.ts';
import { createOperatorStore } from '../adapters/postgres/stores/operator-store.ts';
import { createPeerStore } from '../adapters/postgres/stores/peer-store.ts';
import { createReconcileReader } from '../adapters/postgres/stores/reconcile-reader.ts';
import { createReconcileStore } from '../adapters/postgres/stores/reconcile-store.ts';
import { createSubscriptionReader } from '../adapters/postgres/stores/subscription-links.ts';
import { createUserStore } from '../adapters/postgres/stores/user-store.ts';
import { createVitalsReader } from '../adapters/postgres/stores/vitals-reader.ts';
import type { DashboardReader } from '../core/ports/dashboard.ts';
import type { NewJob } from '../core/ports/jobs.ts';
import type { OperationStore } from '../core/ports/operations.ts';
import type { OperatorStore } from '../core/ports/operators.ts';
import type { ReconcileReader } from '../core/ports/reconcile-desk.ts';
import type { ReconcileStore } from '../core/ports/reconcile-store.ts';
import type { AccessStore, Inbox, NodeStore, PeerStore } from '../core/ports/store.ts';
import type { SubscriptionReader } from '../core/ports/subscriptions.ts';
import type { CounterStore } from '../core/ports/traffic.ts';
import type { UserStore } from '../core/ports/user-store.ts';
import type { VitalsReader } from '../core/ports/vitals.ts';
import { countDoneJobs } from '../services/count-calls.ts';
import type { World } from './world.ts';

export interface Stores {
  readonly access: AccessStore;
  readonly peers: PeerStore;
  readonly users: UserStore;
  readonly subscriptions: SubscriptionReader;
  readonly nodes: NodeStore;
  readonly reconcile: ReconcileStore;
  readonly counters: CounterStore;
  readonly reconcileReader: ReconcileReader;
  readonly inbox: Inbox;
  readonly operators: OperatorStore;
  /** For the dashboard: what is shown, and what operators do. */
  readonly dashboard: DashboardReader;
  readonly operations: OperationStore;
  readonly jobs: Jobs;
  readonly vitals: VitalsReader;
}

export const JOBS_SCHEMA = 'adit_jobs';
/** A killed process's jobs come back after this at the latest; at once when the node is taken over. */
const LEASE_SECONDS = 30;
/** The net beneath the wake in process. */
const POLL_MS = 1000;

/** Everything that is kept in PostgreSQL, jobs among it. */
export function createStores(world: World, database: Database): Stores {
  const countDone = countDoneJobs(world.calls, world.clock);
  const jobs = createJobs({
    ...world,
    database: database.raw,
    schema: JOBS_SCHEMA,
    leaseSeconds: LEASE_SECONDS,
    pollIntervalMs: POLL_MS,
    retry: { minSeconds: 1, maxSeconds: 300 },
    onDone: (_, count) => countDone(count),
  });
  const wake = (added: readonly NewJob[]) => {
    for (const kind of new Set(added.map((each) => each.kind))) jobs.wake(kind);
  };
  const { enqueueIn } = jobs;
  const writing = { database, allocator: createAddressAllocator(world.random), enqueueIn, wake };
  return {
    access: createAccessStore(writing),
    peers: createPeerStore(database, enqueueIn),
    users: createUserStore(database),
    subscriptions: createSubscriptionReader(database),
    nodes: createNodeStore(database),
    reconcile: createReconcileStore(database),
    counters: createCounterStore(database),
    reconcileReader: createReconcileReader(database),
    inbox: createInbox(database),
    operators: createOperatorStore(database),
    dashboard: createDashboardReader(database),
    operations: createOperationStore({ ...writing, jobOperations: jobs.operations }),
    jobs,
    vitals: vitalsReader(database),
  };
}

/** Jobs have tables of their own; what happened to them stands among the other events. */
function vitalsReader({ raw }: Database): VitalsReader {
  const ours = createVitalsReader(raw);
  return {
    ...ours,
    jobs: (now) => readJobVitals(raw, JOBS_SCHEMA, now),
    async events(now, limit) {
      const told = await ours.events(now, limit);
      const dead = await readDeadEvents(raw, JOBS_SCHEMA, limit);
      return [...told, ...dead].toSorted((a, b) => b.at - a.at).slice(0, limit);
    },
  };
}
