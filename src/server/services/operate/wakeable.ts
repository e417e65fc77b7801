import type { JobKind } from '../../core/ports/jobs.ts';

/** A job that runs again may be of any kind; to look for it costs one short query each. */
export const WAKEABLE: readonly JobKind[] = [
  'apply-peer',
  'reconcile-node',
  'expire-subscriptions',
  'housekeeping',
];
