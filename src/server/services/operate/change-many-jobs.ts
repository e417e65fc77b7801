import { JOB_KINDS } from '../../core/job-kinds.ts';
import type { JobQuery } from '../../core/ports/job-desk.ts';
import { type JobAct, perform } from './change-job.ts';
import type { Act, OperateDeps } from './deps.ts';

export interface ManyJobsOutcome {
  readonly touched: number;
  /** False: the most that one act touches was reached; the rest waits for the next one. */
  readonly complete: boolean;
}

/** Few enough that a transaction holds its locks for some milliseconds. */
const BATCH = 500;
/** What one press of a button may touch. */
export const MOST_AT_ONCE = 10_000;

/**
 * Retries, cancels or forgets all jobs that match, the oldest first, in batches. Each batch is one transaction with its
 * own line in the audit, so that what was done is recorded wherever it stops. Safe to repeat: what was touched does not
 * match again, or is left as it is.
 */
export async function changeManyJobs(
  deps: OperateDeps,
  { actor }: Act,
  act: JobAct,
  query: JobQuery,
  signal: AbortSignal,
): Promise<ManyJobsOutcome> {
  const now = deps.clock.now();
  let touched = 0;
  let last: readonly string[] | null = null;
  for (let taken = 0; taken < MOST_AT_ONCE; taken += BATCH) {
    signal.throwIfAborted();
    const after: readonly string[] | null = last;
    const step = await deps.store.transaction(async (tx) => {
      const batch = await tx.jobs.matching(query, BATCH, after, now);
      const count = await perform(tx.jobs, act, batch.ids);
      const details = { count, state: query.tab, queue: query.queue, search: query.q };
      const at = deps.clock.now();
      if (count > 0) await tx.record({ at, actor, action: `jobs-${act}`, subject: null, details });
      return { count, last: batch.last };
    });
    touched += step.count;
    last = step.last;
    if (act === 'retry' && step.count > 0) deps.wake(JOB_KINDS);
    if (last === null) return { touched, complete: true };
  }
  return { touched, complete: false };
}
