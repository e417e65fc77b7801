import type { AccountProfile, AccountState } from '../access.ts';
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
} from '../ids.ts';
import type { BucketDigest } from '../peer-digest.ts';
import type { Protocol } from '../protocol.ts';
import type { Standing } from './backend.ts';
import type { NewJob } from './jobs.ts';
import type { TunnelPeer } from './tunnel.ts';
import type { Language } from './words.ts';

/** An address taken out of its pool inside a transaction; it goes back by itself when that rolls back. */
export interface LeasedAddress {
  readonly poolId: PoolId;
  /** Offset from the network address. */
  readonly position: number;
  readonly ip4: string;
  readonly ip6: string | null;
}

export interface NewSubscription {
  readonly id: SubscriptionId;
  readonly accountId: AccountId;
  readonly plan: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** Bytes in both directions; null: no limit. */
  readonly trafficLimitBytes: number | null;
}

/** An end of access that its user is to hear of. */
export interface Ending {
  readonly accountId: AccountId;
  readonly chatId: ChatId;
  readonly language: Language;
  readonly ending: 'expired' | 'limited';
}

export interface NewDevice {
  readonly id: DeviceId;
  readonly accountId: AccountId;
  readonly name: string;
  readonly peerId: PeerId;
  readonly nodeId: NodeId;
  readonly protocol: Protocol;
  /** WireGuard has one, VLESS null. */
  readonly address: LeasedAddress | null;
}

export interface NewIssue {
  readonly id: IssueId;
  /** Unique for ever: `trial:<account>`, `device:<update>`, `reissue:<update>`. */
  readonly cause: string;
  readonly accountId: AccountId;
  readonly deviceId: DeviceId;
  readonly peerId: PeerId;
}

/** Everything a batch of requests adds, written together. */
export interface AccessAdditions {
  readonly subscriptions: readonly NewSubscription[];
  readonly devices: readonly NewDevice[];
  readonly issues: readonly NewIssue[];
}

/**
 * One short transaction: no network, no child process, no other use of the store inside. Everything commits
 * together or not at all.
 */
export interface AccessTransaction {
  /** Marks these updates handled; answers those that were not before. The others are repeats: do nothing for them. */
  settleUpdates(ids: readonly UpdateId[]): Promise<ReadonlySet<UpdateId>>;
  /** Creates missing accounts, locks all in order of id, reads what decisions need. */
  openAccounts(profiles: readonly AccountProfile[]): Promise<ReadonlyMap<AccountId, AccountState>>;
  /** Up to `count` free addresses of the node; fewer only when there really are fewer. */
  claimAddresses(nodeId: NodeId, count: number): Promise<readonly LeasedAddress[]>;
  add(additions: AccessAdditions, now: Date): Promise<void>;
  setLanguage(id: AccountId, language: Language): Promise<void>;
  renameDevice(id: DeviceId, name: string): Promise<void>;
  /** The peer stays known and keeps its address. */
  pauseDevice(id: DeviceId): Promise<void>;
  resumeDevice(id: DeviceId): Promise<void>;
  /** The device is gone for its user, its address rests, its peer is unwanted. */
  revokeDevice(id: DeviceId, now: Date): Promise<void>;
  /** The newest intent of the peer has a new generation, and its key is to be another one from now on. */
  renewPeer(id: PeerId): Promise<void>;
  /** The id of the account's subscription link in force; `fresh` when there was none. */
  openSubscriptionLink(id: AccountId, fresh: string, now: Date): Promise<string>;
  /** The address stops working. False: there was none. */
  revokeSubscriptionLink(id: AccountId, now: Date): Promise<boolean>;
  enqueue(jobs: readonly NewJob[]): Promise<void>;
}

export interface AccessStore {
  transaction<T>(work: (tx: AccessTransaction) => Promise<T>): Promise<T>;
  /** The account without a lock, for showing; null when it never visited. */
  view(id: AccountId): Promise<AccountState | null>;
  /**
   * Carries out the end of subscriptions whose time is over, at most `limit`: peers of accounts that nothing else
   * carries become unwanted, and jobs for them and for telling their users are enqueued. Returns how many ended.
   */
  expire(now: Date, limit: number): Promise<number>;
  /** The same for subscriptions whose traffic is used up. */
  endLimited(now: Date, limit: number): Promise<number>;
  /**
   * Takes back ends that were carried out though their time is still to come (the clock had jumped), at most `limit`:
   * devices that are on and not paused come back. Returns how many.
   */
  revive(now: Date, limit: number): Promise<number>;
  /** What is still to be told of this ending; null when it is not so any more, or its user blocked the bot. */
  ending(id: SubscriptionId, now: Date): Promise<Ending | null>;
  markBlocked(id: AccountId, blocked: boolean): Promise<void>;
}

/** Updates as accepted from Telegram: kept until their effect has committed. */
export interface Inbox {
  /** Stores what is new and answers its ids; what is already known is a repeat. */
  accept(updates: readonly StoredUpdate[]): Promise<ReadonlySet<UpdateId>>;
  /** Handled, with no effect in the database. Many calls are written together. */
  settle(id: UpdateId): Promise<void>;
  /** Accepted and never handled, oldest first: what a crash left behind. */
  unsettled(limit: number): Promise<readonly StoredUpdate[]>;
  forget(before: Date): Promise<number>;
}

export interface StoredUpdate {
  readonly id: UpdateId;
  /** The update as Telegram sent it. */
  readonly payload: unknown;
}

/** A config that still has to reach its user. */
export interface PendingIssue {
  readonly id: IssueId;
  readonly accountId: AccountId;
  readonly chatId: ChatId;
  readonly language: Language;
  readonly deviceId: DeviceId;
  readonly deviceName: string;
  readonly until: Date;
  readonly livingMessageId: number | null;
  readonly documentMessageId: number | null;
}

/** What the database wants of one peer at the moment of reading, whatever it speaks. */
export interface Target {
  readonly peerId: PeerId;
  readonly generation: number;
  readonly wanted: boolean;
  readonly issue: PendingIssue | null;
}

/** The same of a WireGuard peer. */
export interface PeerTarget extends Target {
  readonly publicKey: PublicKey | null;
  readonly ip4: string;
  readonly ip6: string | null;
  /** Earlier keys of this peer that may still be on the interface. */
  readonly retiredKeys: readonly PublicKey[];
}

/** A peer the node should have. `applied` is false while its newest intent is still on its way by a job. */
export interface WantedPeer extends TunnelPeer {
  readonly applied: boolean;
}

export interface PeerStore {
  /** Of WireGuard peers; others are left out. */
  targets(ids: readonly PeerId[]): Promise<readonly PeerTarget[]>;
  /**
   * Gives each peer its new public key; the old one is remembered as retired in the same transaction.
   * `conflict` when `epoch` is not the node's newest: another process has taken the node over.
   */
  assignKeys(
    node: { readonly id: NodeId; readonly epoch: number },
    keys: readonly { readonly peerId: PeerId; readonly publicKey: PublicKey }[],
  ): Promise<void>;
  /** The interface was read back and holds this generation. An older generation changes nothing. */
  markApplied(
    applied: readonly { readonly peerId: PeerId; readonly generation: number }[],
    now: Date,
  ): Promise<void>;
  /** These retired keys were read back as absent. */
  forgetRetired(keys: readonly PublicKey[]): Promise<void>;
  saveLivingMessage(id: IssueId, messageId: number): Promise<void>;
  saveDocument(id: IssueId, messageId: number): Promise<void>;
  markDelivered(id: IssueId, now: Date): Promise<void>;
  /** All peers the node should have, adopted strangers last, in pages: never one huge answer. With `buckets` only what lies in them. */
  wanted(nodeId: NodeId, buckets?: ReadonlySet<number>): AsyncIterable<readonly WantedPeer[]>;
  /** What `wanted` comes to, made by the database in pages; see core/peer-digest. */
  wantedDigest(nodeId: NodeId): Promise<BucketDigest>;
  /** What is known of these keys now; strangers are not in the answer. Adopted ones are wanted. */
  standing(nodeId: NodeId, keys: readonly PublicKey[]): Promise<ReadonlyMap<string, Standing>>;
  /** Of any node. Enqueues again what was not carried out, or not delivered, since before `olderThan`. Returns how many. */
  enqueueOverdue(nodeId: NodeId, olderThan: Date, limit: number): Promise<number>;
}

export interface PoolSpec {
  /** `10.66.0.0/16` */
  readonly cidr4: string;
  readonly cidr6: string | null;
}

export interface PoolUsage {
  readonly pool: string;
  readonly free: number;
  readonly leased: number;
  readonly resting: number;
}

export interface ReconcileRun {
  readonly nodeId: NodeId;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  /** `equal`, `corrected`, `refused`, `failed`; of a dry run `drift` in place of `corrected`. */
  readonly outcome: string;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly quarantined: number;
  readonly refused: number;
  readonly error: string | null;
  /** Nothing was done: somebody wanted to see what would be. */
  readonly dryRun: boolean;
  /** What separated the two; null: nothing did. */
  readonly diff: RunDiff | null;
}

/** `config`: the node's own file was not as it was left. */
export type DiffKind = 'added' | 'removed' | 'changed' | 'quarantined' | 'adopted' | 'refused' | 'config';

export interface DiffLine {
  readonly kind: DiffKind;
  readonly key: string;
  /** How it differed, in a few words; never a secret. */
  readonly what: string;
}

/** Bounded: `more` lines were left out. */
export interface RunDiff {
  readonly lines: readonly DiffLine[];
  readonly more: number;
}

export interface NodeStore {
  /**
   * Records the node as configured and fills its pools with addresses when they are new. Repeating is safe, also after
   * a start that was cut off. `conflict` when pools overlap, or when one of the node's pools is not among them.
   */
  register(node: {
    readonly id: NodeId;
    /** Default: wireguard. */
    readonly protocol?: Protocol;
    /** WireGuard: of its interface. */
    readonly publicKey: PublicKey | null;
    readonly endpoint: string;
    readonly pools: readonly PoolSpec[];
  }): Promise<void>;
  /** Takes the node over: its number of take-overs goes up by one, and older holders' writes are refused. */
  nextEpoch(id: NodeId): Promise<number>;
  /** Pools an operator added to it, beside those it is configured with. */
  addedPools(id: NodeId): Promise<readonly PoolSpec[]>;
  usage(): Promise<readonly PoolUsage[]>;
  /** Addresses that rested long enough become free. */
  wakeResting(restedBefore: Date): Promise<number>;
  saveRun(run: ReconcileRun): Promise<void>;
  forgetRuns(before: Date): Promise<number>;
}
