import { eq, lt, sql } from 'drizzle-orm';
import { AppError } from '../../../core/errors.ts';
import type { NodeId } from '../../../core/ids.ts';
import type { NodeStore, PoolSpec } from '../../../core/ports/store.ts';
import type { Database } from '../client.ts';
import type { Drizzle as Tx } from '../drizzle-session.ts';
import { nodes, reconcileRuns } from '../schema.ts';

/** Nodes, their pools and the history of their reconciles. */
export function createNodeStore(database: Database): NodeStore {
  return {
    async register({ id, protocol, publicKey, endpoint, pools }) {
      await database.transaction(async (tx) => {
        await tx
          .insert(nodes)
          .values({ id, protocol, publicKey, endpoint })
          .onConflictDoUpdate({ target: nodes.id, set: { publicKey, endpoint } });
        await refuseLeavingOut(tx, id, pools);
        for (const pool of pools) await addPool(tx, id, pool);
      });
      for (const pool of pools) await fillPool(database, pool);
    },
    async nextEpoch(id) {
      const rows = await database.read((tx) =>
        tx
          .update(nodes)
          .set({ leaseEpoch: sql`${nodes.leaseEpoch} + 1` })
          .where(eq(nodes.id, id))
          .returning({ epoch: nodes.leaseEpoch }),
      );
      const epoch = rows[0]?.epoch;
      if (epoch === undefined) throw new AppError('not_found', `There is no node ${id}.`);
      return epoch;
    },
    async addedPools(id) {
      const rows = await database.read((tx) =>
        tx.execute<{ cidr4: string; cidr6: string | null }>(
          sql`select cidr4::text, cidr6::text from adit.pools where node_id = ${id} and added order by id`,
        ),
      );
      return rows.map(({ cidr4, cidr6 }) => ({ cidr4, cidr6 }));
    },
    usage: () => database.read(readUsage),
    async wakeResting(restedBefore) {
      // Rows somebody is about to lease are left to him: waiting for them could be waiting in a circle.
      const rows = await database.read((tx) =>
        tx.execute(sql`
          update adit.addresses a set state = 'free', resting_since = null
            from (select pool_id, position from adit.addresses
                   where state = 'resting' and resting_since < ${restedBefore.toISOString()}
                     for no key update skip locked) rested
           where a.pool_id = rested.pool_id and a.position = rested.position
          returning a.position`),
      );
      return rows.length;
    },
    async saveRun(run) {
      await database.read((tx) => tx.insert(reconcileRuns).values({ ...run }));
    },
    async forgetRuns(before) {
      const gone = await database.read((tx) =>
        tx
          .delete(reconcileRuns)
          .where(lt(reconcileRuns.startedAt, before))
          .returning({ id: reconcileRuns.id }),
      );
      return gone.length;
    },
  };
}

/** Devices hold addresses of the pools that are there; without them on the interface they would be cut off in silence. */
async function refuseLeavingOut(tx: Tx, node: NodeId, pools: readonly PoolSpec[]): Promise<void> {
  const given = sql`${sql.param(pools.map((each) => each.cidr4))}::cidr[]`;
  const rows = await tx.execute<{ cidr4: string }>(sql`
    select cidr4::text from adit.pools where node_id = ${node} and not added and cidr4 <> all(${given}) order by id`);
  if (rows.length === 0) return;
  const present = rows.map((row) => row.cidr4).join(', ');
  const message = `The database gives out addresses of ${present}, and WG_POOL is ${pools.map((each) => each.cidr4).join(', ')}.`;
  throw new AppError('conflict', `${message} Set WG_POOL back: devices have addresses in the former pool.`);
}

/**
 * Adds a pool, still without addresses. One that is there is left as it is, but for the IPv6 range it did not have:
 * devices made from then on get an address of it. Overlaps are a `conflict`.
 */
async function addPool(tx: Tx, node: NodeId, { cidr4, cidr6 }: PoolSpec): Promise<void> {
  await tx.execute(sql`
    update adit.pools set cidr6 = ${cidr6}::cidr where cidr4 = ${cidr4}::cidr and cidr6 is null`);
  await tx.execute(sql`
    insert into adit.pools (node_id, cidr4, cidr6)
    select ${node}, ${cidr4}::cidr, ${cidr6}::cidr
     where not exists (select from adit.pools where cidr4 = ${cidr4}::cidr)`);
}

/** Rows in one statement: some 0.2 s, far below PG_STATEMENT_TIMEOUT_MS. */
const PORTION = 20_000;

/**
 * One row for each address the pool may give out: all but the network's, the server's (the first usable) and the
 * broadcast's. In portions, from the bottom up: a pool of a million takes longer than one statement may, and a start
 * that was cut off goes on where it stopped. A whole pool costs one look into addresses_pkey.
 */
async function fillPool(database: Database, { cidr4 }: PoolSpec): Promise<void> {
  for (let whole = false; !whole; ) whole = await database.read((tx) => fillPortion(tx, { cidr4 }));
}

/** True when the pool has all its addresses. */
async function fillPortion(tx: Tx, { cidr4 }: Pick<PoolSpec, 'cidr4'>): Promise<boolean> {
  const rows = await tx.execute<{ whole: boolean }>(sql`
        with reach as (
          select l.id, (1::bigint << (32 - masklen(l.cidr4)))::int - 2 as last,
                 coalesce((select max(position) from adit.addresses where pool_id = l.id), 1) as done
            from adit.pools l where l.cidr4 = ${cidr4}::cidr
        ), added as (
          insert into adit.addresses (pool_id, position)
          select id, position
            from reach, generate_series(done + 1, least(done + ${PORTION}::int, last)) as position
          on conflict do nothing
        )
        select done + ${PORTION}::int >= last as whole from reach`);
  return rows[0]?.whole !== false;
}

/** A pool that no configuration names, with all its addresses, inside the caller's transaction. */
export async function addOperatorsPool(tx: Tx, node: NodeId, pool: PoolSpec): Promise<void> {
  await addPool(tx, node, pool);
  await tx.execute(sql`update adit.pools set added = true where cidr4 = ${pool.cidr4}::cidr`);
  for (let whole = false; !whole; ) whole = await fillPortion(tx, pool);
}

async function readUsage(tx: Tx) {
  const rows = await tx.execute<{ pool: string; free: string; leased: string; resting: string }>(
    sql`select pool, free, leased, resting from report.addresses order by pool`,
  );
  return rows.map((row) => ({
    pool: row.pool,
    free: Number(row.free),
    leased: Number(row.leased),
    resting: Number(row.resting),
  }));
}
