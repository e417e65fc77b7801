import type { JobHandler, JobKind, JobKinds, JobRunner } from '../../core/ports/jobs.ts';

/** What each kind of job does. One line in `register` for a new one. */
export interface WorkDeps {
  readonly applyPeers: JobHandler<'apply-peer'>;
  reconcile(what: JobKinds['reconcile-node'], signal: AbortSignal): Promise<unknown>;
  /** Null: VLESS is not on sale. */
  readonly xray: {
    readonly applyUsers: JobHandler<'apply-user'>;
    turn(what: JobKinds['reconcile-inbound'], signal: AbortSignal): Promise<unknown>;
  } | null;
  expire(signal: AbortSignal): Promise<unknown>;
  countTraffic(signal: AbortSignal): Promise<unknown>;
  tellEnding: JobHandler<'tell-ending'>;
  keepHouse(): Promise<unknown>;
  /** Whether this process holds the node whose interface a job changes. */
  holdsNode(): boolean;
}

/** A burst of a thousand users is four or so batches, and none of them blocks the loop for long. */
const APPLY_BATCH = 250;
/** Configs on their way to their users. */
const MOST_IN_DELIVERY = 2000;
/** Messages that nobody waits for: few at a time, so that configs go out between them. */
const TOLD_AT_ONCE = 10;
const ALONE = { batchSize: 1, maxHeld: 1 } as const;

export function registerWork(jobs: JobRunner, deps: WorkDeps): void {
  const enabled = deps.holdsNode;
  jobs.work('apply-peer', { batchSize: APPLY_BATCH, maxHeld: MOST_IN_DELIVERY, enabled }, deps.applyPeers);
  jobs.work(
    'reconcile-node',
    { ...ALONE, enabled },
    each((signal, data) => deps.reconcile(data, signal)),
  );
  const { xray } = deps;
  if (xray) {
    jobs.work('apply-user', { batchSize: APPLY_BATCH, maxHeld: MOST_IN_DELIVERY, enabled }, xray.applyUsers);
    jobs.work(
      'reconcile-inbound',
      { ...ALONE, enabled },
      each((signal, data) => xray.turn(data, signal)),
    );
  }
  // By the holder's clock alone: two processes whose clocks differ would end and revive in turn.
  jobs.work(
    'expire-subscriptions',
    { ...ALONE, enabled },
    each((signal) => deps.expire(signal)),
  );
  jobs.work(
    'count-traffic',
    { ...ALONE, enabled },
    each((signal) => deps.countTraffic(signal)),
  );
  jobs.work('tell-ending', { batchSize: TOLD_AT_ONCE, maxHeld: TOLD_AT_ONCE }, deps.tellEnding);
  jobs.work(
    'housekeeping',
    ALONE,
    each(() => deps.keepHouse()),
  );
}

/** One job, one call; what it throws fails the job. */
function each<K extends JobKind>(
  act: (signal: AbortSignal, data: JobKinds[K]) => Promise<unknown>,
): JobHandler<K> {
  return async (jobs, signal) => {
    for (const job of jobs) {
      await act(signal, job.data);
      await job.complete();
    }
  };
}
