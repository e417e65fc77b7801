/** Durable jobs. A job is written in the same transaction as the intent it serves. */
export interface JobKinds {
  /** Bring one peer of the node's interface to what the database wants, and deliver its config when one is due. */
  'apply-peer': { readonly peerId: string };
  /** The same for a VLESS user. A queue of its own: an Xray that stands still keeps no WireGuard peer waiting. */
  'apply-user': { readonly peerId: string };
  /** With `dryRun` nothing is done, and the run tells what would be. */
  'reconcile-node': { readonly nodeId: string; readonly dryRun?: boolean };
  'reconcile-inbound': { readonly nodeId: string; readonly dryRun?: boolean };
  /** Reads what nodes counted into totals that outlive them, and ends what has used up its limit. */
  'count-traffic': Record<string, never>;
  'expire-subscriptions': Record<string, never>;
  /** Tells a user that access has ended: by its time, or because its traffic is used up. */
  'tell-ending': { readonly subscriptionId: string };
  /** Resting addresses go back to free, old updates and runs are forgotten. */
  housekeeping: Record<string, never>;
}

export type JobKind = keyof JobKinds;

export interface NewJob<K extends JobKind = JobKind> {
  readonly kind: K;
  readonly data: JobKinds[K];
  /** A user waiting now: 10. Background: 0. */
  readonly priority?: number;
  /** At most one job with this key is live (created, retry or active); a second one is dropped silently. */
  readonly singletonKey?: string;
  readonly startAfterMs?: number;
}

/** One job held by this process until it is settled or its lease runs out. */
export interface HeldJob<K extends JobKind = JobKind> {
  readonly id: string;
  readonly kind: K;
  readonly data: JobKinds[K];
  /** 1 for the first try. */
  readonly attempt: number;
  /** A failure of this try makes the job dead. */
  readonly isLast: boolean;
  /**
   * Settling twice is safe; the first one counts. Neither way of it rejects: what cannot be written is said in the
   * log, and the job comes again when its lease ends.
   */
  complete(): Promise<void>;
  /** Backoff decides when it comes again, unless `retryAfterMs` does; after the last attempt it is dead. */
  fail(error: unknown, retryAfterMs?: number): Promise<void>;
  /** Somebody asked to wait: the job comes again after that, and this try is not counted. */
  postpone(afterMs: number): Promise<void>;
}

/**
 * Takes a batch in hand and returns when it can take the next one. Jobs that are not settled by then are still
 * held: the handler settles them later. A throw fails every job of the batch that is not settled.
 */
export type JobHandler<K extends JobKind> = (
  jobs: readonly HeldJob<K>[],
  signal: AbortSignal,
) => Promise<void>;

export interface WorkOptions {
  /** Most jobs handed over at once. */
  readonly batchSize: number;
  /** Most jobs held and not yet settled; no more are taken above it. */
  readonly maxHeld: number;
  /** While it answers false no job of the kind is taken. Default: always true. */
  enabled?(): boolean;
}

export interface JobRunner {
  /** Enqueues outside any transaction (cron, start-up). */
  enqueue(jobs: readonly NewJob[]): Promise<void>;
  work<K extends JobKind>(kind: K, options: WorkOptions, handler: JobHandler<K>): void;
  /** Looks for work of this kind now; polling is the net beneath. */
  wake(kind: JobKind): void;
  /** Gives back every active job of the kind that a process no longer alive was holding. Returns how many. */
  rescue(kind: JobKind): Promise<number>;
}
