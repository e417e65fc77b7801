import type { JobKind, JobKinds } from '../../core/ports/jobs.ts';

interface KindRules {
  /** Retries after the first try; then the job is dead. */
  readonly retryLimit: number;
  /** Text fields the data must have; a row without them was not written by us. */
  readonly fields: readonly string[];
}

/** Jobs that are enqueued again by the clock anyway need few retries. */
export const KIND_RULES: Readonly<Record<JobKind, KindRules>> = {
  'apply-peer': { retryLimit: 12, fields: ['peerId'] },
  'reconcile-node': { retryLimit: 3, fields: ['nodeId'] },
  'expire-subscriptions': { retryLimit: 3, fields: [] },
  housekeeping: { retryLimit: 3, fields: [] },
};

export const JOB_KINDS = Object.keys(KIND_RULES) as readonly JobKind[];

/** Where a job waits for a person after its last try. Nobody works on it. */
export const DEAD_LETTER = 'dead-letter';

/** The data as its kind wants it, or null when the row is broken. */
export function parseJobData<K extends JobKind>(kind: K, data: unknown): JobKinds[K] | null {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return null;
  const fields = data as Record<string, unknown>;
  const whole = KIND_RULES[kind].fields.every((name) => typeof fields[name] === 'string');
  return whole ? (data as JobKinds[K]) : null;
}
