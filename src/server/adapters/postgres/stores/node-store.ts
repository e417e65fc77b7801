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
    register: (node) =>
      database.transaction(async (tx) => {
        const { id, publicKey, endpoint } = node;
        await tx
          .insert(nodes)
          .values({ id, publicKey, endpoint })
          .onConflictDoUpdate({ target: nodes.id, set: { publicKey, endpoint } });
        for (const pool of node.pools) await addPool(tx, id, pool);
      }),
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

/**
 * Adds a pool with one row for each address it may give out: all but the network's, the server's (the first
 * usable) and the broadcast's. A pool that is there already is left as it is. Overlaps are a `conflict`.
 */
export async function addPool(tx: Tx, node: NodeId, pool: PoolSpec): Promise<void> {
  const created = await tx.execute<{ id: number; size: string }>(sql`
    insert into adit.pools (node_id, cidr4, cidr6)
    select ${node}, ${pool.cidr4}::cidr, ${pool.cidr6}::cidr
     where not exists (select from adit.pools where cidr4 = ${pool.cidr4}::cidr)
    returning id, (1::bigint << (32 - masklen(cidr4)))::text as size`);
  const row = created[0];
  if (!row) return;
  await tx.execute(sql`
    insert into adit.addresses (pool_id, position)
    select ${row.id}::int, position from generate_series(2, ${Number(row.size) - 2}::int) as position`);
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
