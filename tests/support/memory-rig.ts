import type { NewJob } from '../../src/server/core/ports/jobs.ts';
import { createManualClock } from './manual-clock.ts';
import { createMemoryCounterStore } from './memory-counter-store.ts';
import { createMemoryDatabase } from './memory-database.ts';
import { createMemoryInbox, createMemoryNodeStore } from './memory-node-store.ts';
import { createMemoryPeerStore } from './memory-peer-store.ts';
import { createMemoryReconcileStore } from './memory-reconcile-store.ts';
import { createMemoryAccessStore } from './memory-store.ts';
import { createMemoryUserStore } from './memory-user-store.ts';
import { createSeededRandom } from './seeded-random.ts';
import { keyOf, NODE, type OpenRig } from './store-rig.ts';

/** The stores in memory. */
export const openMemoryRig: OpenRig = async (pools) => {
  const clock = createManualClock();
  const random = createSeededRandom(1);
  const jobs: NewJob[] = [];
  const insertJobs = async (added: readonly NewJob[]) => void jobs.push(...added);
  const database = createMemoryDatabase({ clock, random, insertJobs });
  const nodes = createMemoryNodeStore(database);
  await nodes.register({ id: NODE, publicKey: keyOf(0), endpoint: '192.0.2.1:51820', pools });
  return {
    store: createMemoryAccessStore(database),
    peers: createMemoryPeerStore(database),
    users: createMemoryUserStore(database),
    nodes,
    counters: createMemoryCounterStore(database),
    quarantine: createMemoryReconcileStore(database),
    inbox: createMemoryInbox(database),
    now: clock.now,
    uuid: random.uuid,
    jobs: async () => jobs,
    someoneWaits: null,
    close: async () => undefined,
  };
};
