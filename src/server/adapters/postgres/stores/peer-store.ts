import { inArray, sql } from 'drizzle-orm';
import { applyJob } from '../../../core/apply-job.ts';
import { createGroupCommit } from '../../../core/group-commit.ts';
import { type IssueId, type NodeId, peerId } from '../../../core/ids.ts';
import type { NewJob } from '../../../core/ports/jobs.ts';
import type { SqlExecutor } from '../../../core/ports/sql-executor.ts';
import type { PeerStore } from '../../../core/ports/store.ts';
import type { Protocol } from '../../../core/protocol.ts';
import type { Database } from '../client.ts';
import { type Drizzle as Tx, toSqlExecutor } from '../drizzle-session.ts';
import { retiredKeys } from '../schema.ts';
import { refuseOldHolder } from './holder.ts';
import { readTargets } from './peer-targets.ts';
import { readStanding, readWanted, readWantedDigest } from './wanted-peers.ts';

/** More at once gains nothing and makes one statement long. */
const LARGEST_WRITE = 500;

interface IssueMark {
  readonly id: IssueId;
  readonly living?: number;
  readonly document?: number;
  readonly deliveredAt?: string;
}

/** Peers as the worker and the reconcile see them. */
export function createPeerStore(
  database: Database,
  enqueueIn: (executor: SqlExecutor, jobs: readonly NewJob[]) => Promise<void>,
  pageSize?: number,
): PeerStore {
  // Thousands of users are told at once; what is noted about each goes down in a few statements.
  const marks = createGroupCommit(async (batch: readonly IssueMark[]) => {
    await database.read((tx) => writeMarks(tx, batch));
    return batch.map(() => undefined);
  }, LARGEST_WRITE);

  return {
    targets: (ids) => database.read((tx) => readTargets(tx, ids)),
    assignKeys: (node, keys) => database.transaction((tx) => assignKeys(tx, node, keys)),
    async markApplied(applied, now) {
      if (applied.length === 0) return;
      await database.read((tx) =>
        tx.execute(sql`
          update adit.peers p set applied_generation = done.generation, applied_at = ${now.toISOString()}
            from unnest(${sql.param(applied.map((each) => each.peerId))}::uuid[],
                        ${sql.param(applied.map((each) => each.generation))}::int[]) as done(id, generation)
           where p.id = done.id and p.applied_generation < done.generation`),
      );
    },
    async forgetRetired(keys) {
      if (keys.length === 0) return;
      await database.read((tx) =>
        tx
          .update(retiredKeys)
          .set({ removedAt: sql`now()` })
          .where(inArray(retiredKeys.publicKey, [...keys])),
      );
    },
    saveLivingMessage: (id, messageId) => marks.submit({ id, living: messageId }),
    saveDocument: (id, messageId) => marks.submit({ id, document: messageId }),
    markDelivered: (id, now) => marks.submit({ id, deliveredAt: now.toISOString() }),
    wanted: (nodeId, buckets) => readWanted(database, { node: nodeId, buckets, pageSize }),
    wantedDigest: (nodeId) => readWantedDigest(database, nodeId),
    standing: (nodeId, keys) => database.read((tx) => readStanding(tx, nodeId, keys)),
    enqueueOverdue: (nodeId, olderThan, limit) =>
      database.transaction(async (tx) => {
        const jobs = await overdueJobs(tx, nodeId, olderThan, limit);
        if (jobs.length > 0) await enqueueIn(toSqlExecutor(tx), jobs);
        return jobs.length;
      }),
  };
}

/** Rows in order of id: two batches that touch the same issues never wait for each other in a circle. */
async function writeMarks(tx: Tx, batch: readonly IssueMark[]): Promise<void> {
  const merged = new Map<IssueId, IssueMark>();
  for (const mark of batch) merged.set(mark.id, { ...merged.get(mark.id), ...mark });
  const rows = [...merged.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  await tx.execute(sql`
    update adit.issues i set
        living_message_id = coalesce(m.living, i.living_message_id),
        document_message_id = coalesce(m.document, i.document_message_id),
        delivered_at = coalesce(i.delivered_at, m.delivered)
      from unnest(${sql.param(rows.map((each) => each.id))}::uuid[],
                  ${sql.param(rows.map((each) => each.living ?? null))}::bigint[],
                  ${sql.param(rows.map((each) => each.document ?? null))}::bigint[],
                  ${sql.param(rows.map((each) => each.deliveredAt ?? null))}::timestamptz[])
           as m(id, living, document, delivered)
     where i.id = m.id`);
}

async function assignKeys(
  tx: Tx,
  node: Parameters<PeerStore['assignKeys']>[0],
  keys: Parameters<PeerStore['assignKeys']>[1],
): Promise<void> {
  await refuseOldHolder(tx, node);
  const ids = sql`${sql.param(keys.map((each) => each.peerId))}::uuid[]`;
  await tx.execute(sql`
    insert into adit.retired_keys (public_key, peer_id)
    select public_key, id from adit.peers where id = any(${ids}) and public_key is not null
    on conflict do nothing`);
  // With a new key no reading of the interface holds any more, though the intent is the same.
  await tx.execute(sql`
    update adit.peers p
       set public_key = fresh.public_key, changed_at = now(),
           applied_generation = least(p.applied_generation, p.generation - 1)
      from unnest(${ids}, ${sql.param(keys.map((each) => each.publicKey))}::text[]) as fresh(id, public_key)
     where p.id = fresh.id`);
}

/**
 * Peers whose last change was not carried out, or whose config never arrived, long after their job should have done it:
 * that is dead or was discarded. Those who blocked the bot wait for their next visit.
 * Indexes: peers_unapplied, issues_pending.
 */
async function overdueJobs(tx: Tx, node: NodeId, olderThan: Date, limit: number): Promise<NewJob[]> {
  const rows = await tx.execute<{ id: string; protocol: Protocol }>(sql`
    update adit.peers set changed_at = now()
     where id in (
       select p.id from adit.peers p
        where p.node_id = ${node} and p.changed_at < ${olderThan.toISOString()}
          and (p.wanted or p.generation <> p.applied_generation)
          and p.id in (
            select id from adit.peers where node_id = ${node} and generation <> applied_generation
            union all
            select i.peer_id from adit.issues i join adit.accounts a on a.id = i.account_id
             where i.delivered_at is null and i.superseded_at is null and a.blocked_at is null)
        order by p.changed_at limit ${limit} for update skip locked)
    returning id, protocol`);
  return rows.map(({ id, protocol }) =>
    applyJob({ id: peerId(id), protocol }, { singletonKey: `overdue:${id}` }),
  );
}
