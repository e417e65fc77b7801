import type { Series } from './ports/vitals.ts';

/** Addresses that were taken from a pool and given back to it in one step of the past. */
export interface PoolChange {
  readonly pool: number;
  /** How many steps ago; 0 is the running one. */
  readonly stepsAgo: number;
  readonly taken: number;
  readonly givenBack: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A week, drawn by the three hours; growth is measured over the same time, as the overview does. */
export const POOL_PAST = { stepMs: 3 * HOUR_MS, steps: 56 } as const;
const PAST_MS = POOL_PAST.stepMs * POOL_PAST.steps;

export interface PoolNow {
  readonly leased: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/**
 * How many addresses were leased, told backwards from how many are now. Oldest first; a pool younger than the week has a
 * shorter past. Null: too young for a line.
 */
export function leasedPast(pool: PoolNow, changes: readonly PoolChange[], now: number): Series | null {
  const age = Math.floor((now - pool.createdAt) / POOL_PAST.stepMs);
  const length = Math.min(POOL_PAST.steps, age + 1);
  if (length < 2) return null;
  const grown = new Map(changes.map((each) => [each.stepsAgo, each.taken - each.givenBack]));
  const values = [pool.leased];
  for (let ago = 0; ago < length - 1; ago += 1) {
    values.push(Math.max(0, values[ago]! - (grown.get(ago) ?? 0)));
  }
  return { values: values.toReversed(), stepMs: POOL_PAST.stepMs };
}

/** Addresses a day that are leased and not given back; null before a pool is a day old: too little is known. */
export function growthPerDay(pool: PoolNow, changes: readonly PoolChange[], now: number): number | null {
  const ageMs = now - pool.createdAt;
  if (ageMs < DAY_MS) return null;
  const grown = changes.reduce((sum, each) => sum + each.taken - each.givenBack, 0);
  return grown / (Math.min(ageMs, PAST_MS) / DAY_MS);
}
