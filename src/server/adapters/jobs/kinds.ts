import type { JobKind, JobKinds } from '../../core/ports/jobs.ts';

interface KindRules {
  /** Retries after the first try; then the job is dead. */
  readonly retryLimit: number;
  /** Longest pause before a retry. Default: as long as of all others. */
  readonly retryMaxSeconds?: number;
  /** Text fields the data must have; a row without them was not written by us. */
  readonly fields: readonly string[];
  /** How long a job that ended is kept to be looked at. */
  readonly keptSeconds: number;
}

const HOUR = 3_600;

/**
 * A node elsewhere comes back by itself, and its users are promised a link: they are not kept waiting for minutes after
 * that. A try costs nothing while the breaker refuses. In all half an hour, as for the others.
 */
const APPLY_USER = { retryLimit: 60, retryMaxSeconds: 30 } as const;

/**
 * Jobs that are enqueued again by the clock anyway need few retries, and are soon forgotten: one every three seconds
 * would be 200,000 a week, in which nobody finds anything. What they did has records of its own.
 */
export const KIND_RULES: Readonly<Record<JobKind, KindRules>> = {
  'apply-peer': { retryLimit: 12, fields: ['peerId'], keptSeconds: 7 * 24 * HOUR },
  'apply-user': { ...APPLY_USER, fields: ['peerId'], keptSeconds: 7 * 24 * HOUR },
  'reconcile-node': { retryLimit: 3, fields: ['nodeId'], keptSeconds: HOUR },
  'reconcile-inbound': { retryLimit: 3, fields: ['nodeId'], keptSeconds: HOUR },
  'count-traffic': { retryLimit: 3, fields: [], keptSeconds: HOUR },
  'expire-subscriptions': { retryLimit: 3, fields: [], keptSeconds: HOUR },
  'tell-ending': { retryLimit: 8, fields: ['subscriptionId'], keptSeconds: 24 * HOUR },
  housekeeping: { retryLimit: 3, fields: [], keptSeconds: HOUR },
};

/** Enqueued again by the clock: the next one is the redrive of a dead one. */
export const CLOCK_KINDS: readonly JobKind[] = [
  'reconcile-node',
  'reconcile-inbound',
  'count-traffic',
  'expire-subscriptions',
  'housekeeping',
];

/** Where a job waits for a person after its last try. Nobody works on it. */
export const DEAD_LETTER = 'dead-letter';

/** The data as its kind wants it, or null when the row is broken. */
export function parseJobData<K extends JobKind>(kind: K, data: unknown): JobKinds[K] | null {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return null;
  const fields = data as Record<string, unknown>;
  const whole = KIND_RULES[kind].fields.every((name) => typeof fields[name] === 'string');
  return whole ? (data as JobKinds[K]) : null;
}
