import { JOB_KINDS } from '../../core/job-kinds.ts';
import type { JobOperations } from '../../core/ports/job-desk.ts';
import { type Act, NOT_FOUND, type NotFound, type OperateDeps } from './deps.ts';

export type JobAct = 'retry' | 'cancel' | 'discard';
export type JobActOutcome =
  | { readonly kind: 'done' }
  /** There is no such job, or it is in a state the act does not fit: done meanwhile, running, cancelled already. */
  | NotFound;

/**
 * Retries, cancels or forgets one job. One transaction: the change and its line in the audit. Repeating is safe: what
 * was done already is not found again.
 */
export async function changeJob(
  deps: OperateDeps,
  { actor }: Act,
  act: JobAct,
  id: string,
): Promise<JobActOutcome> {
  const outcome = await deps.store.transaction(async (tx): Promise<JobActOutcome> => {
    if ((await perform(tx.jobs, act, [id])) === 0) return NOT_FOUND;
    const at = deps.clock.now();
    await tx.record({ at, actor, action: `job-${act}`, subject: `job:${id}`, details: {} });
    return { kind: 'done' };
  });
  if (act === 'retry' && outcome.kind === 'done') deps.wake(JOB_KINDS);
  return outcome;
}

export function perform(jobs: JobOperations, act: JobAct, ids: readonly string[]): Promise<number> {
  return jobs[act](ids);
}
