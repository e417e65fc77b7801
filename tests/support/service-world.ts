import { createKeyMaker } from '../../src/server/adapters/wireguard/key-maker.ts';
import { createMemoryTunnel, type MemoryTunnel } from '../../src/server/adapters/wireguard/memory-tunnel.ts';
import { createMemoryInbound, type MemoryInbound } from '../../src/server/adapters/xray/memory-inbound.ts';
import { LOCAL_NODE, type PrivateKey, type PublicKey, XRAY_NODE } from '../../src/server/core/ids.ts';
import type { ReconcileStore } from '../../src/server/core/ports/reconcile-store.ts';
import type { AccessStore, Inbox, NodeStore, PeerStore } from '../../src/server/core/ports/store.ts';
import type { CounterStore } from '../../src/server/core/ports/traffic.ts';
import type { TunnelPeer } from '../../src/server/core/ports/tunnel.ts';
import type { UserStore } from '../../src/server/core/ports/user-store.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { createMemoryCounterStore } from './memory-counter-store.ts';
import { type CourierWorld, createCourierWorld } from './memory-courier.ts';
import { createMemoryDatabase, type MemoryDatabase } from './memory-database.ts';
import { createMemoryJobs, type MemoryJobs } from './memory-jobs.ts';
import { createMemoryInbox, createMemoryNodeStore } from './memory-node-store.ts';
import { createMemoryPeerStore } from './memory-peer-store.ts';
import { createMemoryReconcileStore } from './memory-reconcile-store.ts';
import { createMemoryAccessStore } from './memory-store.ts';
import { createMemoryUserStore } from './memory-user-store.ts';
import type { RecordedLine } from './recording-log.ts';
import { createSeededRandom } from './seeded-random.ts';

/** Everything that is still there after a process has ended: database, interface, files, chats, time. */
export interface ServiceWorld {
  readonly clock: ManualClock;
  readonly random: ReturnType<typeof createSeededRandom>;
  readonly database: MemoryDatabase;
  readonly store: AccessStore;
  readonly peers: PeerStore;
  readonly users: UserStore;
  readonly nodes: NodeStore;
  readonly quarantine: ReconcileStore;
  readonly counters: CounterStore;
  readonly inbox: Inbox;
  readonly jobs: MemoryJobs;
  readonly tunnel: MemoryTunnel;
  /** Xray. */
  readonly inbound: MemoryInbound;
  readonly courier: CourierWorld;
  /** wg0.conf: the last one, and how many there were. */
  readonly file: { peers: readonly TunnelPeer[]; writes: number };
  readonly logLines: RecordedLine[];
  /** Every key pair ever made: the public key of a private one. */
  readonly keysMade: Map<PrivateKey, PublicKey>;
}

export interface WorldOptions {
  readonly cidr4?: string;
  readonly cidr6?: string | null;
  readonly seed?: number;
}

export const SERVER = createKeyMaker().keyPair();

export async function createServiceWorld(options: WorldOptions = {}): Promise<ServiceWorld> {
  const clock = createManualClock();
  const random = createSeededRandom(options.seed ?? 1);
  const jobs = createMemoryJobs(clock);
  const database = createMemoryDatabase({ clock, random, insertJobs: (added) => jobs.enqueue(added) });
  const world: ServiceWorld = {
    clock,
    random,
    database,
    store: createMemoryAccessStore(database),
    peers: createMemoryPeerStore(database),
    users: createMemoryUserStore(database),
    nodes: createMemoryNodeStore(database),
    quarantine: createMemoryReconcileStore(database),
    counters: createMemoryCounterStore(database),
    inbox: createMemoryInbox(database),
    jobs,
    inbound: createMemoryInbound(),
    tunnel: createMemoryTunnel({ clock, publicKey: SERVER.publicKey, listenPort: 51820 }),
    courier: createCourierWorld(),
    file: { peers: [], writes: 0 },
    logLines: [],
    keysMade: new Map(),
  };
  const pools = [{ cidr4: options.cidr4 ?? '10.66.0.0/24', cidr6: options.cidr6 ?? null }];
  await world.nodes.register({
    id: LOCAL_NODE,
    publicKey: SERVER.publicKey,
    endpoint: '192.0.2.1:51820',
    pools,
  });
  await world.nodes.register({
    id: XRAY_NODE,
    protocol: 'vless',
    publicKey: null,
    endpoint: 'vpn.example.org:443',
    pools: [],
  });
  await world.tunnel.ensureUp();
  return world;
}
