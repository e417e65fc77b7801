import type { NodeId } from '../ids.ts';
import type { GuardReason } from '../removal-guard.ts';
import type { AdoptionRefusal, QuarantinedPeer, Stranger } from '../strangers.ts';

/** Removals that nobody asked for and that are too many to be believed: an operator's to decide. */
export interface HeldRemoval {
  readonly id: number;
  readonly nodeId: NodeId;
  readonly askedAt: Date;
  /** Peers that would go, of how many the node holds. */
  readonly count: number;
  readonly total: number;
  readonly reason: GuardReason;
  readonly keys: readonly string[];
  readonly decision: 'allow' | 'refuse' | null;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
}

export type NewHeldRemoval = Pick<HeldRemoval, 'nodeId' | 'askedAt' | 'total' | 'reason' | 'keys'>;

/** What comparisons remember of a node: its strangers, and what waits for an operator. Every call is safe to repeat. */
export interface ReconcileStore {
  /**
   * Notes which strangers the node holds now, and forgets those that went by themselves; decided ones stay. One that was
   * removed and is back waits anew. Answers all of those given, as they are noted now.
   */
  seeStrangers(
    node: NodeId,
    strangers: readonly Stranger[],
    now: Date,
  ): Promise<ReadonlyMap<string, QuarantinedPeer>>;
  /** What is noted of these; changes nothing. */
  strangersAmong(node: NodeId, keys: readonly string[]): Promise<ReadonlyMap<string, QuarantinedPeer>>;
  /** Adopts each that can be, by policy; answers why the others cannot, which is noted as well. */
  adopt(node: NodeId, keys: readonly string[], now: Date): Promise<ReadonlyMap<string, AdoptionRefusal>>;
  /** Read back as gone. */
  markRemoved(node: NodeId, keys: readonly string[], now: Date): Promise<void>;
  /** The one question of the node that is not closed. */
  openQuestion(node: NodeId): Promise<HeldRemoval | null>;
  /** Asks this, under a new number, in place of what was asked; an answer to that is void, one that is still to come too. */
  ask(question: NewHeldRemoval): Promise<HeldRemoval>;
  /** Only while nothing else was asked, and nobody has answered otherwise, meanwhile. */
  close(question: Pick<HeldRemoval, 'id' | 'decision'>, now: Date): Promise<void>;
  /** Strangers that were removed, and questions that were closed, before then. Answers how many. */
  forget(before: Date): Promise<number>;
}
