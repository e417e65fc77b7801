import { JOB_KINDS } from '../../core/job-kinds.ts';
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
  /** A later one that went well makes a dead one of no interest to anybody. */
  readonly byClock?: true;
}

const HOUR = 3_600;

/**
 * A node elsewhere comes back by itself, and its users are promised a link: they are not kept waiting for minutes after
 * that. A try costs nothing while the breaker refuses. In all half an hour, as for the others.
 */
const APPLY_USER = { retryLimit: 60, retryMaxSeconds: 30 } as const;

/**
 * Enqueued again by the clock: it needs few retries, the next one is the redrive of a dead one, and it is soon forgotten. One
 * every two seconds would be 300,000 a week, in which nobody finds anything. What they did has records of its own.
 */
const BY_CLOCK = { retryLimit: 3, keptSeconds: HOUR, byClock: true } as const;

export const KIND_RULES: Readonly<Record<JobKind, KindRules>> = {
  'apply-peer': { retryLimit: 12, fields: ['peerId'], keptSeconds: 7 * 24 * HOUR },
  'apply-user': { ...APPLY_USER, fields: ['peerId'], keptSeconds: 7 * 24 * HOUR },
  'tell-ending': { retryLimit: 8, fields: ['subscriptionId'], keptSeconds: 24 * HOUR },
  'reconcile-node': { ...BY_CLOCK, fields: ['nodeId'] },
  'reconcile-inbound': { ...BY_CLOCK, fields: ['nodeId'] },
  'count-traffic': { ...BY_CLOCK, fields: [] },
  'expire-subscriptions': { ...BY_CLOCK, fields: [] },
  housekeeping: { ...BY_CLOCK, fields: [] },
};

export const CLOCK_KINDS: readonly JobKind[] = JOB_KINDS.filter((kind) => KIND_RULES[kind].byClock);

/** Where a job waits for a person after its last try. Nobody works on it. */
export const DEAD_LETTER = 'dead-letter';

/** The data as its kind wants it, or null when the row is broken. */
export function parseJobData<K extends JobKind>(kind: K, data: unknown): JobKinds[K] | null {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return null;
  const fields = data as Record<string, unknown>;
  const whole = KIND_RULES[kind].fields.every((name) => typeof fields[name] === 'string');
  return whole ? (data as JobKinds[K]) : null;
}
