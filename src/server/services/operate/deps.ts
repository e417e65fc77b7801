import { applyJob, type PeerRef } from '../../core/apply-job.ts';
import type { Actor } from '../../core/audit.ts';
import type { Clock, Random } from '../../core/ports/clock.ts';
import type { JobKind, NewJob } from '../../core/ports/jobs.ts';
import type { OperationStore } from '../../core/ports/operations.ts';

/** What every act of an operator is made with. */
export interface OperateDeps {
  readonly store: OperationStore;
  readonly clock: Clock;
  readonly random: Random;
  /** Looks for work of these kinds now. Called after a commit. */
  wake(kinds: readonly JobKind[]): void;
}

/** Who acts, and the number his form carried, by which sending it twice has one effect. */
export interface Act {
  readonly actor: Actor;
  /** A UUID; null: it is harmless to repeat. */
  readonly once: string | null;
}

/** A form that was sent before: everything is as it should be already. */
export interface Repeated {
  readonly kind: 'repeat';
}
export const REPEATED: Repeated = { kind: 'repeat' };

export interface NotFound {
  readonly kind: 'not-found';
}
export const NOT_FOUND: NotFound = { kind: 'not-found' };

/** An operator waits and looks on: before background work, after users. */
export const WATCHED = { priority: 5 } as const;
export const applyJobs = (peers: readonly PeerRef[]): readonly NewJob[] =>
  peers.map((peer) => applyJob(peer, WATCHED));
