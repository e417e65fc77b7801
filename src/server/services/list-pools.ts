import { daysLeft, poolStanding } from '../core/attention.ts';
import { growthPerDay, leasedPast } from '../core/pool-past.ts';
import type { DashboardReader, PoolRow } from '../core/ports/dashboard.ts';
import type { Series } from '../core/ports/vitals.ts';

export interface ShownPool extends PoolRow {
  /** Null: too little is known. */
  readonly growthPerDay: number | null;
  /** Null: it does not run out, or nobody knows. */
  readonly daysLeft: number | null;
  /** As the "needs attention" list judges it. */
  readonly health: 'good' | 'warn' | 'bad';
  /** Leased addresses of the last week. */
  readonly history: Series | null;
}

/** Every pool with its last week and when it runs out. Reads only. */
export async function listPools(
  { reader }: { readonly reader: Pick<DashboardReader, 'pools' | 'poolChanges'> },
  now: Date,
): Promise<readonly ShownPool[]> {
  const [pools, changes] = await Promise.all([reader.pools(), reader.poolChanges(now)]);
  const at = now.getTime();
  return pools.map((pool) => {
    const own = changes.filter((each) => each.pool === pool.id);
    const known = { ...pool, growthPerDay: growthPerDay(pool, own, at) };
    return {
      ...known,
      daysLeft: daysLeft(known),
      health: poolStanding(known),
      history: leasedPast(pool, own, at),
    };
  });
}
