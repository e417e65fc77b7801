import type { AccountState } from '../access.ts';
import type { PeerRef } from '../apply-job.ts';
import type { AuditEntry } from '../audit.ts';
import type { AccountId, DeviceId, NodeId, PeerId } from '../ids.ts';
import type { JobOperations } from './job-desk.ts';
import type { ReconcileOperations } from './reconcile-desk.ts';
import type { AccessTransaction, PoolSpec } from './store.ts';

/** Where an operator's act is carried out: one short transaction that holds its record in the audit too. */
export interface OperationStore {
  /** Nothing of it stays when `work` throws. */
  transaction<T>(work: (tx: OperationTransaction) => Promise<T>): Promise<T>;
}

export interface OperationTransaction {
  /** False: the form with this number (a UUID) was carried out before; do nothing. */
  once(request: string, now: Date): Promise<boolean>;
  record(entry: AuditEntry): Promise<void>;
  /** Locks the account and reads what decisions need; null when there is none. */
  openAccount(id: AccountId): Promise<AccountState | null>;
  /** Whose peer it is, revoked or not; null when there is none. */
  ownerOf(peer: PeerId): Promise<{ readonly account: AccountId; readonly device: DeviceId } | null>;
  readonly access: Pick<
    AccessTransaction,
    | 'add'
    | 'pauseDevice'
    | 'resumeDevice'
    | 'revokeDevice'
    | 'renewPeer'
    | 'revokeSubscriptionLink'
    | 'enqueue'
  >;
  /** Nothing of it is wanted on an interface any more. Answers the peers that were; its devices keep their state. */
  pauseAccount(id: AccountId, now: Date): Promise<readonly PeerRef[]>;
  /** Undoes that mark; `restorePeers` brings the devices back. */
  resumeAccount(id: AccountId): Promise<void>;
  /**
   * Peers of active devices are wanted again, when a subscription runs and the account is not paused. Answers those
   * that were not. Repeating is safe.
   */
  restorePeers(id: AccountId, now: Date): Promise<readonly PeerRef[]>;
  addNote(note: NewNote): Promise<void>;
  nodeExists(id: NodeId): Promise<boolean>;
  /** True for a node that has addresses to give. */
  takesPools(id: NodeId): Promise<boolean>;
  /** Every pool of every node, locked against another pool being added. */
  lockPools(): Promise<readonly PoolSpec[]>;
  /** The pool with all its free addresses; claims use them as soon as this commits. */
  addPool(node: NodeId, pool: PoolSpec): Promise<void>;
  readonly jobs: JobOperations;
  readonly reconcile: ReconcileOperations;
}

export interface NewNote {
  readonly id: string;
  readonly accountId: AccountId;
  readonly operatorName: string;
  readonly text: string;
  readonly at: Date;
}
