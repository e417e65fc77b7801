import type { SubscriptionId } from './ids.ts';
import type { NewJob } from './ports/jobs.ts';

/** When thousands end at once, the interface comes first and the news after it. */
const TOLD_AFTER_MS = 3_000;

/** The job that tells a user of the end of a subscription. */
export const tellJob = (id: SubscriptionId): NewJob => ({
  kind: 'tell-ending',
  data: { subscriptionId: id },
  startAfterMs: TOLD_AFTER_MS,
});
