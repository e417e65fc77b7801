import type { NodeId } from '../ids.ts';
import type { Slice, SliceRequest } from '../keyset.ts';
import type { Protocol } from '../protocol.ts';
import type { AdoptionRefusal, QuarantinedPeer } from '../strangers.ts';
import type { HeldRemoval } from './reconcile-store.ts';
import type { ReconcileRun } from './store.ts';

/** What the pages of a node read: its comparisons, its strangers, and what waits for an operator. Nothing here writes. */
export interface ReconcileReader {
  node(id: string): Promise<ReconciledNode | null>;
  /** Newest first, dry runs among them. */
  runs(node: NodeId, page: SliceRequest): Promise<Slice<StoredRun>>;
  run(node: NodeId, id: number): Promise<StoredRun | null>;
  /** Those that wait for something first, then by key. */
  strangers(node: NodeId, page: SliceRequest): Promise<Slice<QuarantinedPeer>>;
}

export interface ReconciledNode {
  readonly id: NodeId;
  readonly protocol: Protocol;
  /** The last comparison that was no dry run; null: none yet. */
  readonly last: StoredRun | null;
  readonly question: HeldRemoval | null;
  /** Strangers that are on the node, as far as anybody knows. */
  readonly strangers: number;
}

/** In lists without its diff. */
export interface StoredRun extends ReconcileRun {
  readonly id: number;
}

export type StrangerDecision = 'keep' | 'adopt' | 'remove';

/** What an operator decides, inside his transaction. */
export interface ReconcileOperations {
  /** `gone`: it is on the node no more, and what was to be decided is decided. */
  decideStranger(
    node: NodeId,
    key: string,
    decision: StrangerDecision,
    by: { readonly name: string; readonly at: Date },
  ): Promise<'done' | 'gone' | AdoptionRefusal>;
  /** False: the question is another one by now, or is closed. */
  answer(
    node: NodeId,
    answer: { readonly id: number; readonly count: number; readonly decision: 'allow' | 'refuse' },
    by: { readonly name: string; readonly at: Date },
  ): Promise<boolean>;
}
