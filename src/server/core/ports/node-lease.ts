import type { NodeId } from '../ids.ts';

/** The right to change one node's interface: one process at a time, for as long as its database session lives. */
export interface NodeLease {
  /** Waits until the node is free. Throws AppError when the database is away, or the signal's reason. */
  acquire(node: NodeId, signal: AbortSignal): Promise<HeldLease>;
}

export interface HeldLease {
  /** Resolves when the session behind the lease has ended: stop changing the node at once. */
  readonly lost: Promise<void>;
  /** Lets the next process in. Repeating is safe. */
  release(): Promise<void>;
}
