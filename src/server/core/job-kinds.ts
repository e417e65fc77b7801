import type { JobKind } from './ports/jobs.ts';

/** Complete by its type: a new kind without a line here does not compile. */
const LISTED: Readonly<Record<JobKind, true>> = {
  'apply-peer': true,
  'apply-user': true,
  'reconcile-node': true,
  'reconcile-inbound': true,
  'count-traffic': true,
  'expire-subscriptions': true,
  'tell-ending': true,
  housekeeping: true,
};

export const JOB_KINDS = Object.keys(LISTED) as readonly JobKind[];
