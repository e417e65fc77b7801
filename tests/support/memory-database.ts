import { AppError } from '../../src/server/core/errors.ts';
import type {
  AccountId,
  ChatId,
  DeviceId,
  IssueId,
  NodeId,
  PeerId,
  PoolId,
  PublicKey,
  SubscriptionId,
  UpdateId,
} from '../../src/server/core/ids.ts';
import { createLane } from '../../src/server/core/lane.ts';
import type { Clock, Random } from '../../src/server/core/ports/clock.ts';
import type { NewJob } from '../../src/server/core/ports/jobs.ts';
import type { HeldRemoval } from '../../src/server/core/ports/reconcile-store.ts';
import type { ReconcileRun } from '../../src/server/core/ports/store.ts';
import type { Language } from '../../src/server/core/ports/words.ts';
import type { Protocol } from '../../src/server/core/protocol.ts';
import type { QuarantinedPeer } from '../../src/server/core/strangers.ts';
import type { TrafficCounter } from '../../src/server/core/traffic.ts';

/** Rows are replaced, never changed: a snapshot is then a shallow copy of the maps. */
export interface Tables {
  accounts: Map<AccountId, AccountRow>;
  subscriptions: Map<SubscriptionId, SubscriptionRow>;
  devices: Map<DeviceId, DeviceRow>;
  peers: Map<PeerId, PeerRow>;
  retiredKeys: Map<PublicKey, RetiredKeyRow>;
  issues: Map<IssueId, IssueRow>;
  updates: Map<UpdateId, UpdateRow>;
  nodes: Map<NodeId, NodeRow>;
  pools: Map<PoolId, PoolRow>;
  addresses: Map<string, AddressRow>;
  runs: Map<number, ReconcileRun>;
  links: Map<string, LinkRow>;
  strangers: Map<string, QuarantinedPeer>;
  /** Open, or closed at that moment. */
  questions: Map<number, HeldRemoval & { readonly closed: Date | null }>;
  counters: Map<PeerId, TrafficCounter>;
}

export interface AccountRow {
  readonly id: AccountId;
  readonly chatId: ChatId;
  readonly language: Language | null;
  readonly languageHint: Language;
  readonly name: string;
  readonly username: string | null;
  readonly blockedAt: Date | null;
  /** An operator paused it. */
  readonly paused?: boolean;
}

export interface SubscriptionRow {
  readonly id: SubscriptionId;
  readonly accountId: AccountId;
  readonly plan: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly trafficLimitBytes: number | null;
  readonly usedBytes: number;
  readonly limitedAt: Date | null;
  readonly expiredAt: Date | null;
}

export interface DeviceRow {
  readonly id: DeviceId;
  readonly accountId: AccountId;
  readonly name: string;
  readonly state: 'active' | 'paused' | 'revoked';
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
}

export interface PeerRow {
  readonly id: PeerId;
  readonly deviceId: DeviceId;
  readonly nodeId: NodeId;
  readonly protocol: Protocol;
  readonly publicKey: PublicKey | null;
  readonly keyNumber: number;
  readonly poolId: PoolId | null;
  readonly position: number | null;
  readonly ip4: string | null;
  readonly ip6: string | null;
  readonly wanted: boolean;
  readonly generation: number;
  readonly appliedGeneration: number;
  readonly changedAt: Date;
  readonly releasedAt: Date | null;
}

/** A WireGuard peer's addresses. */
export const addressesOf = ({ ip4, ip6 }: PeerRow) => ({ ip4: ip4 as string, ip6 });

export interface RetiredKeyRow {
  readonly publicKey: PublicKey;
  readonly peerId: PeerId;
  readonly removedAt: Date | null;
}

export interface IssueRow {
  readonly id: IssueId;
  readonly cause: string;
  readonly accountId: AccountId;
  readonly deviceId: DeviceId;
  readonly peerId: PeerId;
  readonly createdAt: Date;
  readonly livingMessageId: number | null;
  readonly documentMessageId: number | null;
  readonly deliveredAt: Date | null;
}

export interface UpdateRow {
  readonly id: UpdateId;
  readonly payload: unknown;
  readonly receivedAt: Date;
  readonly handledAt: Date | null;
}

export interface NodeRow {
  readonly id: NodeId;
  readonly endpoint: string;
  readonly publicKey: PublicKey | null;
  readonly epoch: number;
}

/** A subscription link. */
export interface LinkRow {
  readonly id: string;
  readonly accountId: AccountId;
  readonly revokedAt: Date | null;
}

export interface PoolRow {
  readonly id: PoolId;
  readonly nodeId: NodeId;
  readonly cidr4: string;
  readonly cidr6: string | null;
}

export interface AddressRow {
  readonly poolId: PoolId;
  readonly position: number;
  readonly state: 'free' | 'leased' | 'resting';
  readonly restingSince: Date | null;
}

/** A database in memory: one transaction at a time, each whole or not at all. It outlives a crash. */
export interface MemoryDatabase {
  readonly clock: Clock;
  readonly random: Random;
  /** What is committed, for looking at. */
  readonly tables: Tables;
  /** Jobs handed to `enqueue` are inserted when the transaction commits. */
  transaction<T>(
    work: (tables: Tables, enqueue: (jobs: readonly NewJob[]) => void) => Promise<T> | T,
  ): Promise<T>;
}

export function createMemoryDatabase(deps: {
  readonly clock: Clock;
  readonly random: Random;
  insertJobs(jobs: readonly NewJob[]): Promise<void>;
}): MemoryDatabase {
  const lane = createLane();
  const tables = emptyTables();
  return {
    clock: deps.clock,
    random: deps.random,
    tables,
    transaction: (work) =>
      lane.run(async () => {
        const before = copyOf(tables);
        const jobs: NewJob[] = [];
        try {
          const result = await work(tables, (added) => void jobs.push(...added));
          if (jobs.length > 0) await deps.insertJobs(jobs);
          return result;
        } catch (error) {
          Object.assign(tables, before);
          throw error;
        }
      }),
  };
}

/** What a unique index says. */
export function refuseDuplicate(duplicate: boolean, constraint: string): void {
  if (!duplicate) return;
  throw new AppError('conflict', 'This collides with something that exists.', { details: { constraint } });
}

const emptyTables = (): Tables => ({
  accounts: new Map(),
  subscriptions: new Map(),
  devices: new Map(),
  peers: new Map(),
  retiredKeys: new Map(),
  issues: new Map(),
  updates: new Map(),
  nodes: new Map(),
  pools: new Map(),
  addresses: new Map(),
  runs: new Map(),
  links: new Map(),
  strangers: new Map(),
  questions: new Map(),
  counters: new Map(),
});

function copyOf(tables: Tables): Tables {
  const copies = Object.entries(tables).map(([name, table]) => [name, new Map(table)]);
  return Object.fromEntries(copies) as Tables;
}
