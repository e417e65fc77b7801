import type { Slice, SliceRequest } from '../keyset.ts';
import type { PoolChange } from '../pool-past.ts';
import type { Protocol } from '../protocol.ts';
import type { TrafficCounter } from '../traffic.ts';

/**
 * What the dashboard reads of accounts, peers, pools, nodes and the audit. Moments are epoch milliseconds. Every
 * list is read by keyset and never as a whole; nothing here locks or writes.
 */
export interface DashboardReader {
  accounts(query: AccountQuery, page: SliceRequest, now: Date): Promise<Slice<AccountRow>>;
  /** How many match, or null beyond what is counted (10,000). */
  countAccounts(query: AccountQuery, now: Date): Promise<number | null>;
  account(id: string, now: Date): Promise<AccountDetail | null>;
  peers(query: PeerQuery, page: SliceRequest, now: Date): Promise<Slice<StoredPeer>>;
  countPeers(query: PeerQuery, now: Date): Promise<number | null>;
  /** Ids and keys of all that match, for orders only the interface knows; at most 100,000. */
  peerKeys(query: PeerQuery, now: Date): Promise<readonly PeerKey[]>;
  /** In the order asked for; ids that are unknown are left out. */
  peersById(ids: readonly string[], now: Date): Promise<readonly StoredPeer[]>;
  peer(id: string, now: Date): Promise<PeerDetail | null>;
  pools(): Promise<readonly PoolRow[]>;
  /** What was taken from the pools and given back in the steps of `POOL_PAST`; steps without any are left out. */
  poolChanges(now: Date): Promise<readonly PoolChange[]>;
  nodes(): Promise<readonly StoredNode[]>;
  /** Of all, or of those that speak this. */
  nodeNames(protocol?: Protocol): Promise<readonly string[]>;
  /** Accounts with a running subscription, by plan. */
  planUse(now: Date): Promise<readonly { readonly plan: string; readonly accounts: number }[]>;
  audit(query: AuditQuery, page: SliceRequest): Promise<Slice<AuditRow>>;
  /** What an audit list can be filtered by. */
  auditChoices(): Promise<{ readonly operators: readonly string[]; readonly actions: readonly string[] }>;
}

export const ACCOUNT_STATES = ['active', 'expired', 'limited', 'paused', 'none', 'blocked'] as const;
/** `limited`: its traffic is used up before its time. `none`: never had access. `blocked`: blocked the bot. */
export type AccountStanding = (typeof ACCOUNT_STATES)[number];
export const ACCOUNT_SORTS = ['newest', 'oldest', 'name', 'until'] as const;
export type AccountSort = (typeof ACCOUNT_SORTS)[number];

export interface AccountQuery {
  /** Telegram id, `@username` from its beginning, or part of the name; empty: everybody. */
  readonly q: string;
  readonly state: AccountStanding | null;
  readonly sort: AccountSort;
}

export interface AccountRow {
  readonly id: string;
  readonly name: string;
  readonly username: string | null;
  readonly state: AccountStanding;
  readonly plan: string | null;
  readonly until: number | null;
  readonly devices: number;
  readonly createdAt: number;
}

export interface AccountDetail {
  readonly account: AccountRow;
  readonly language: string;
  readonly devices: readonly StoredPeer[];
  /** The address at which clients fetch its VLESS links; null: none is in force. */
  readonly subscriptionLink: { readonly createdAt: number; readonly fetchedAt: number | null } | null;
  readonly subscriptions: readonly {
    readonly plan: string;
    readonly startsAt: number;
    readonly endsAt: number;
    /** Bytes in both directions. */
    readonly usedBytes: number;
    /** Null: no limit. */
    readonly limitBytes: number | null;
    readonly usedUp: boolean;
  }[];
  /** Newest first. */
  readonly history: readonly HistoryRow[];
  readonly notes: readonly { readonly at: number; readonly operator: string; readonly text: string }[];
}

/** What happened to an account or a peer: an issue, a delivery, an operator's act. */
export interface HistoryRow {
  readonly at: number;
  readonly kind: string;
  readonly values: Readonly<Record<string, string | number>>;
  /** Null: the user or the program did it. */
  readonly operator: string | null;
}

export const PEER_STATES = ['applied', 'pending', 'late', 'removing', 'paused', 'gone'] as const;
/**
 * `applied`: on the interface as wanted. `pending`: changing. `late`: changing for longer than a minute. `removing`:
 * not wanted and perhaps still there. `gone`: revoked and removed. `paused`: kept, not connected.
 */
export type PeerStanding = (typeof PEER_STATES)[number];
/** Further choices of a filter: wanted at all, not yet as wanted, and wanted but never seen to shake hands. */
export const PEER_FILTERS = [...PEER_STATES, 'wanted', 'unapplied', 'never'] as const;
export type PeerFilter = (typeof PEER_FILTERS)[number];
export const PEER_SORTS = ['newest', 'handshake', 'traffic', 'address'] as const;
export type PeerSort = (typeof PEER_SORTS)[number];
/** A change not carried out for this long is late. Milliseconds. */
export const LATE_AFTER_MS = 60_000;

export interface PeerQuery {
  /** A key's beginning, an address or its beginning, a Telegram id, `@username`, part of a name; empty: all. */
  readonly q: string;
  /** Null: all whose address is theirs, that is all but the revoked ones. */
  readonly state: PeerFilter | null;
  readonly node: string | null;
  /** The reader knows `newest` and `address`; the others need the interface. */
  readonly sort: PeerSort;
}

export interface PeerKey {
  readonly id: string;
  readonly publicKey: string | null;
  /** What was counted of it; null: nothing yet. */
  readonly counted: TrafficCounter | null;
}

/** A peer as the database has it. */
export interface StoredPeer extends PeerKey {
  readonly device: string;
  readonly accountId: string;
  readonly accountName: string;
  readonly node: string;
  readonly protocol: Protocol;
  /** Null: VLESS has no address. */
  readonly ip4: string | null;
  readonly ip6: string | null;
  readonly wanted: boolean;
  readonly state: PeerStanding;
  readonly changedAt: number;
  readonly createdAt: number;
}

/** The same with all it ever moved and when it last shook hands, the newest reading included; nulls: nothing is known. */
export interface PeerRow extends StoredPeer {
  readonly handshakeAt: number | null;
  readonly receivedBytes: number | null;
  readonly sentBytes: number | null;
}

export interface PeerDetail {
  readonly peer: StoredPeer;
  readonly generation: number;
  readonly appliedGeneration: number;
  readonly appliedAt: number | null;
  readonly history: readonly HistoryRow[];
}

export interface PoolRow {
  readonly id: number;
  readonly node: string;
  readonly cidr4: string;
  readonly cidr6: string | null;
  readonly total: number;
  readonly free: number;
  readonly leased: number;
  readonly resting: number;
  readonly createdAt: number;
}

export interface StoredNode {
  readonly id: string;
  readonly protocol: Protocol;
  readonly endpoint: string;
  /** Null: it has no WireGuard interface. */
  readonly publicKey: string | null;
  readonly peersWanted: number;
  readonly peersApplied: number;
  /** Newest first, at most twenty. */
  readonly runs: readonly ReconcileRow[];
}

export interface ReconcileRow {
  readonly at: number;
  readonly durationMs: number;
  readonly outcome: string;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly quarantined: number;
  readonly refused: number;
  readonly error: string | null;
}

export interface AuditQuery {
  /** Part of the subject or the detail. */
  readonly q: string;
  readonly operator: string | null;
  readonly action: string | null;
}

export interface AuditRow {
  readonly id: string;
  readonly at: number;
  readonly operator: string;
  readonly action: string;
  readonly subject: string | null;
  readonly address: string;
  readonly outcome: 'done' | 'refused' | 'failed';
  readonly detail: string | null;
}
