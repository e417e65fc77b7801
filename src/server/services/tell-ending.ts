import { subscriptionId } from '../core/ids.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Courier } from '../core/ports/courier.ts';
import type { HeldJob, JobHandler } from '../core/ports/jobs.ts';
import type { AccessStore } from '../core/ports/store.ts';

export interface TellEndingDeps {
  readonly store: Pick<AccessStore, 'ending' | 'markBlocked'>;
  readonly courier: Pick<Courier, 'tellEnding'>;
  readonly clock: Clock;
}

type Job = HeldJob<'tell-ending'>;

/**
 * Tells users that their access has ended. The end itself was carried out before, and no failure here undoes it. What is
 * not so any more (an operator gave days meanwhile) is not told. A crash between the message and its mark tells it twice.
 */
export function createTellEnding(deps: TellEndingDeps): JobHandler<'tell-ending'> {
  return async (jobs) => {
    await Promise.all(jobs.map((job) => tellOne(deps, job).catch((error: unknown) => job.fail(error))));
  };
}

async function tellOne({ store, courier, clock }: TellEndingDeps, job: Job): Promise<void> {
  const ending = await store.ending(subscriptionId(job.data.subscriptionId), clock.now());
  if (ending === null) return job.complete();
  const outcome = await courier.tellEnding(ending);
  if (outcome.kind === 'later') return job.postpone(outcome.retryAfterMs);
  if (outcome.kind === 'blocked') await store.markBlocked(ending.accountId, true);
  return job.complete();
}
