import type { NodeId, PeerId } from '../ids.ts';
import type { Standing } from './backend.ts';
import type { Target } from './store.ts';

/** What the database wants of one VLESS user at the moment of reading. Its id follows from peer and key number. */
export interface UserTarget extends Target {
  readonly keyNumber: number;
}

/** A VLESS user its node should have. `applied` is false while its newest intent is still on its way by a job. */
export interface WantedUser {
  readonly peerId: PeerId;
  readonly keyNumber: number;
  readonly applied: boolean;
}

/** VLESS users as the worker and the reconcile see them. What they share with WireGuard is in the PeerStore. */
export interface UserStore {
  /** Of VLESS users; others are left out. */
  targets(ids: readonly PeerId[]): Promise<readonly UserTarget[]>;
  /** All users the node should have, in pages by id. */
  wanted(nodeId: NodeId): AsyncIterable<readonly WantedUser[]>;
  /** What is known of these ids now; strangers are not in the answer. */
  standing(nodeId: NodeId, ids: readonly PeerId[]): Promise<ReadonlyMap<string, Standing>>;
}
