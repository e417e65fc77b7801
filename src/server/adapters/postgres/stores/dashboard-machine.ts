import { sql } from 'drizzle-orm';
import { POOL_PAST, type PoolChange } from '../../../core/pool-past.ts';
import type { PoolRow, ReconcileRow, StoredNode } from '../../../core/ports/dashboard.ts';
import type { Protocol } from '../../../core/protocol.ts';
import type { Drizzle as Tx } from '../drizzle-session.ts';
import { ms } from './dashboard-keyset.ts';
import { firstIdAt } from './id-at.ts';
import { isRunning } from './running.ts';

const RUNS_SHOWN = 20;

/**
 * Free and resting addresses are counted along their own indexes (addresses_free, addresses_resting); how many there are
 * follows from the network, as when they were made.
 */
export async function readPools(tx: Tx): Promise<readonly PoolRow[]> {
  const rows = await tx.execute(sql`
    select *, total - free - resting as leased from (
      select l.id, l.node_id, l.cidr4::text, l.cidr6::text, ${ms('l.created_at')} as created_at,
             (1::bigint << (32 - masklen(l.cidr4)))::int - 3 as total,
             (select count(*)::int from adit.addresses a where a.pool_id = l.id and a.state = 'free') as free,
             (select count(*)::int from adit.addresses a where a.pool_id = l.id and a.state = 'resting') as resting
        from adit.pools l) counted order by id`);
  return rows.map((row) => ({
    id: Number(row.id),
    node: String(row.node_id),
    cidr4: String(row.cidr4),
    cidr6: row.cidr6 === null ? null : String(row.cidr6),
    total: Number(row.total),
    free: Number(row.free),
    leased: Number(row.leased),
    resting: Number(row.resting),
    createdAt: Number(row.created_at),
  }));
}

/** New peers lie at the end of peers_pkey, for their ids are UUIDs of version 7; what came back is in peers_released. */
export async function readPoolChanges(tx: Tx, now: Date): Promise<readonly PoolChange[]> {
  const since = new Date(now.getTime() - POOL_PAST.stepMs * POOL_PAST.steps);
  const stepsAgo = (column: string) => sql`floor(extract(epoch from
    ${now.toISOString()}::text::timestamptz - ${sql.raw(column)}) * 1000 / ${POOL_PAST.stepMs}::int)::int`;
  const rows = await tx.execute(sql`
    select pool_id, steps_ago, sum(taken)::int as taken, sum(given_back)::int as given_back from (
      select pool_id, ${stepsAgo('created_at')} as steps_ago, count(*) as taken, 0 as given_back
        from adit.peers where id >= ${firstIdAt(since)}::text::uuid group by 1, 2
       union all
      select pool_id, ${stepsAgo('released_at')}, 0, count(*)
        from adit.peers where released_at >= ${since.toISOString()}::text::timestamptz group by 1, 2) changes
     group by 1, 2 order by 1, 2`);
  return rows.map((row) => ({
    pool: Number(row.pool_id),
    // What another clock wrote a moment ahead is of now.
    stepsAgo: Math.max(0, Number(row.steps_ago)),
    taken: Number(row.taken),
    givenBack: Number(row.given_back),
  }));
}

export async function readNodes(tx: Tx): Promise<readonly StoredNode[]> {
  const nodes = await tx.execute(sql`
    select n.id, n.protocol, n.endpoint, n.public_key,
           (select count(*)::int from adit.peers p where p.node_id = n.id and p.wanted) as wanted,
           (select count(*)::int from adit.peers p
             where p.node_id = n.id and p.wanted and p.generation = p.applied_generation) as applied
      from adit.nodes n order by n.id`);
  const found: StoredNode[] = [];
  for (const row of nodes) {
    found.push({
      id: String(row.id),
      endpoint: String(row.endpoint),
      protocol: row.protocol as Protocol,
      publicKey: row.public_key === null ? null : String(row.public_key),
      peersWanted: Number(row.wanted),
      peersApplied: Number(row.applied),
      runs: await readRuns(tx, String(row.id)),
    });
  }
  return found;
}

export async function readNodeNames(tx: Tx, protocol: Protocol | null): Promise<readonly string[]> {
  const rows = await tx.execute(sql`
    select id from adit.nodes where ${protocol}::text is null or protocol = ${protocol} order by id`);
  return rows.map((row) => String(row.id));
}

/** Index: reconcile_runs_started. */
async function readRuns(tx: Tx, node: string): Promise<readonly ReconcileRow[]> {
  const rows = await tx.execute(sql`
    select ${ms('r.started_at')} as at,
           (extract(epoch from r.finished_at - r.started_at) * 1000)::float8 as duration, r.outcome,
           r.added, r.removed, r.changed, r.quarantined, r.refused, left(r.error, 1000) as error
      from adit.reconcile_runs r where r.node_id = ${node} and not r.dry_run order by r.started_at desc limit ${RUNS_SHOWN}`);
  return rows.map((row) => ({
    at: Number(row.at),
    durationMs: Number(row.duration),
    outcome: String(row.outcome),
    added: Number(row.added),
    removed: Number(row.removed),
    changed: Number(row.changed),
    quarantined: Number(row.quarantined),
    refused: Number(row.refused),
    error: row.error === null ? null : String(row.error),
  }));
}

export async function readPlanUse(tx: Tx, now: Date) {
  const rows = await tx.execute<{ plan: string; accounts: number }>(sql`
    select plan, count(distinct account_id) filter (
             where ${isRunning(now)})::int as accounts
      from adit.subscriptions s group by plan order by plan`);
  return rows.map(({ plan, accounts }) => ({ plan, accounts }));
}
