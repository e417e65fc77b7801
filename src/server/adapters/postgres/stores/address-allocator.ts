import { sql } from 'drizzle-orm';
import { type NodeId, poolId } from '../../../core/ids.ts';
import type { Random } from '../../../core/ports/clock.ts';
import type { LeasedAddress } from '../../../core/ports/store.ts';
import type { Drizzle as Tx } from '../drizzle-session.ts';

/**
 * Gives out addresses inside the caller's transaction.
 *
 * One row an address. A claim walks the index of free ones from a random point and wraps round: callers spread
 * out, and entries that died under somebody's long snapshot are passed a few at a time. From the head of the
 * index all of them would be passed by every claim, which is how head-ordered queues collapse.
 */
export interface AddressAllocator {
  /** Up to `count`; fewer only when no pool of the node has more. */
  claim(tx: Tx, node: NodeId, count: number): Promise<readonly LeasedAddress[]>;
}

interface Pool {
  readonly id: number;
  readonly size: number;
}

type Waiting = 'skip locked' | 'wait';

/** First half of the lock's key; the node is the other. */
const WAITING_LOCK = 0x61646472;

export function createAddressAllocator(random: Random): AddressAllocator {
  async function claimFrom(tx: Tx, pool: Pool, count: number, waiting: Waiting): Promise<LeasedAddress[]> {
    const leased = await claimFree(tx, pool, random.integer(pool.size), count, waiting);
    if (leased.length === count) return leased;
    return [...leased, ...(await claimResting(tx, pool, count - leased.length, waiting))];
  }

  async function claimAll(tx: Tx, node: NodeId, count: number, waiting: Waiting): Promise<LeasedAddress[]> {
    const leased: LeasedAddress[] = [];
    for (const pool of await poolsOf(tx, node)) {
      if (leased.length < count) {
        leased.push(...(await claimFrom(tx, pool, count - leased.length, waiting)));
      }
    }
    return leased;
  }

  return {
    async claim(tx, node, count) {
      await tx.execute(sql`savepoint claim`);
      const leased = await claimAll(tx, node, count, 'skip locked');
      if (leased.length === count || !(await someLeft(tx, node))) return leased;
      // What others hold locked may come back with a rollback: "full" is said only after waiting for them. Those
      // who wait hold no address and wait in turn; otherwise each would wait for what another one holds.
      await tx.execute(sql`rollback to savepoint claim`);
      await tx.execute(sql`select pg_advisory_xact_lock(${WAITING_LOCK}, hashtext(${node}))`);
      return claimAll(tx, node, count, 'wait');
    },
  };
}

async function poolsOf(tx: Tx, node: NodeId): Promise<Pool[]> {
  const rows = await tx.execute<{ id: number; size: string }>(sql`
    select id, (1::bigint << (32 - masklen(cidr4)))::text as size from adit.pools where node_id = ${node} order by id`);
  return rows.map((row) => ({ id: row.id, size: Number(row.size) }));
}

/**
 * Index `addresses_free`, twice: from the start up, then, if short, from the bottom to the start. The update takes
 * the positions as an array, not by a join: how many a limit lets through is not known when a statement is prepared,
 * and joined to such a guess the planner reads the whole pool (26 ms of 2^16, half a second of 2^20, for one claim).
 */
async function claimFree(tx: Tx, pool: Pool, start: number, count: number, waiting: Waiting) {
  const locking = lockClause(waiting);
  const rows = await tx.execute<LeasedRow>(sql`
    with ahead as materialized (
      select position from adit.addresses
       where pool_id = ${pool.id} and state = 'free' and position >= ${start}
       order by position limit ${count} for no key update ${locking}
    ), behind as materialized (
      select position from adit.addresses
       where pool_id = ${pool.id} and state = 'free' and position < ${start}
       order by position limit (select ${count} - count(*) from ahead) for no key update ${locking}
    )
    update adit.addresses a set state = 'leased'
      from adit.pools l
     where l.id = ${pool.id} and a.pool_id = l.id
       and a.position = any (array(select position from ahead union all select position from behind))
    returning ${leasedColumns}`);
  return rows.map(toLeased);
}

/** Before a pool is called full, addresses still at rest are taken, those that rested longest first; as above. */
async function claimResting(tx: Tx, pool: Pool, count: number, waiting: Waiting) {
  const rows = await tx.execute<LeasedRow>(sql`
    with picked as materialized (
      select position from adit.addresses
       where pool_id = ${pool.id} and state = 'resting'
       order by resting_since limit ${count} for no key update ${lockClause(waiting)}
    )
    update adit.addresses a set state = 'leased', resting_since = null
      from adit.pools l
     where l.id = ${pool.id} and a.pool_id = l.id and a.position = any (array(select position from picked))
    returning ${leasedColumns}`);
  return rows.map(toLeased);
}

async function someLeft(tx: Tx, node: NodeId): Promise<boolean> {
  const rows = await tx.execute<{ left: boolean }>(sql`
    select exists (
      select from adit.addresses a join adit.pools l on l.id = a.pool_id
       where l.node_id = ${node} and a.state = 'free'
    ) or exists (
      select from adit.addresses a join adit.pools l on l.id = a.pool_id
       where l.node_id = ${node} and a.state = 'resting'
    ) as left`);
  return rows[0]?.left === true;
}

interface LeasedRow extends Record<string, unknown> {
  readonly pool_id: number;
  readonly position: number;
  readonly ip4: string;
  readonly ip6: string | null;
}

const leasedColumns = sql.raw(`a.pool_id, a.position,
  host(network(l.cidr4)::inet + a.position) as ip4, host(network(l.cidr6)::inet + a.position) as ip6`);

const lockClause = (waiting: Waiting) => sql.raw(waiting === 'wait' ? '' : 'skip locked');

const toLeased = (row: LeasedRow): LeasedAddress => ({
  poolId: poolId(row.pool_id),
  position: row.position,
  ip4: row.ip4,
  ip6: row.ip6,
});
