import { createBoundedMap } from './bounded-map.ts';

export interface RateLimits {
  /** Requests at once from a rested user. */
  readonly burst: number;
  /** Milliseconds for one more. */
  readonly refillMs: number;
  /** Users remembered; who is forgotten starts rested. */
  readonly maxUsers: number;
}

/** `notice`: refused, and the first refusal since the bucket was full. `silence`: refused again. */
export type RateDecision = 'pass' | 'notice' | 'silence';

interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
  readonly noticed: boolean;
}

/** A token bucket for each user (or address, or whatever is counted), in memory (D6). */
export function createRateLimiter<K extends string | number = number>(
  limits: RateLimits,
): (user: K, nowMs: number) => RateDecision {
  const buckets = createBoundedMap<K, Bucket>(limits.maxUsers);
  return (user, nowMs) => {
    const before = buckets.get(user) ?? { tokens: limits.burst, atMs: nowMs, noticed: false };
    const refilled = before.tokens + (nowMs - before.atMs) / limits.refillMs;
    const tokens = Math.min(limits.burst, refilled);
    const noticed = before.noticed && tokens < limits.burst;
    const pass = tokens >= 1;
    buckets.set(user, { tokens: pass ? tokens - 1 : tokens, atMs: nowMs, noticed: noticed || !pass });
    if (pass) return 'pass';
    return noticed ? 'silence' : 'notice';
  };
}
