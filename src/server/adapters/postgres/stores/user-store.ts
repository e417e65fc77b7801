import { and, asc, eq, gt, sql } from 'drizzle-orm';
import { type NodeId, type PeerId, peerId } from '../../../core/ids.ts';
import type { Standing } from '../../../core/ports/backend.ts';
import type { UserStore, UserTarget, WantedUser } from '../../../core/ports/user-store.ts';
import type { Database } from '../client.ts';
import type { Drizzle as Tx } from '../drizzle-session.ts';
import { peers } from '../schema.ts';
import { ISSUE_COLUMNS, ISSUE_TABLES, type IssueRow, pendingIssueOf } from './pending-issue.ts';

const PAGE = 1000;

/** VLESS users as the worker and the reconcile see them. No column holds what they connect with. */
export function createUserStore(database: Database): UserStore {
  return {
    targets: (ids) => database.read((tx) => readTargets(tx, ids)),
    wanted: (nodeId) => wantedPages(database, nodeId),
    standing: (nodeId, ids) => database.read((tx) => readStanding(tx, nodeId, ids)),
  };
}

interface TargetRow extends IssueRow {
  readonly id: string;
  readonly generation: number;
  readonly key_number: number;
}

/** Indexes: peers_pkey, issues_pending, subscriptions_account. */
async function readTargets(tx: Tx, ids: readonly PeerId[]): Promise<readonly UserTarget[]> {
  const rows = await tx.execute<TargetRow>(sql`
    select p.id, p.generation, p.wanted, p.key_number, ${ISSUE_COLUMNS}
      from adit.peers p ${ISSUE_TABLES}
     where p.id = any(${sql.param([...ids])}::uuid[]) and p.protocol = 'vless'`);
  return rows.map((row) => ({
    peerId: peerId(row.id),
    generation: row.generation,
    wanted: row.wanted,
    keyNumber: row.key_number,
    issue: pendingIssueOf(row),
  }));
}

/** Keyset pages over index `peers_wanted`; each page is its own short session. */
async function* wantedPages(database: Database, node: NodeId): AsyncIterable<readonly WantedUser[]> {
  let last = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const rows = await database.read((tx) =>
      tx
        .select(wantedColumns)
        .from(peers)
        .where(and(eq(peers.nodeId, node), peers.wanted, gt(peers.id, last)))
        .orderBy(asc(peers.id))
        .limit(PAGE),
    );
    if (rows.length > 0) yield rows.map(({ id, ...user }) => ({ peerId: peerId(id), ...user }));
    if (rows.length < PAGE) return;
    last = rows[rows.length - 1]!.id;
  }
}

const wantedColumns = {
  id: peers.id,
  keyNumber: peers.keyNumber,
  applied: sql<boolean>`${peers.generation} = ${peers.appliedGeneration}`,
};

/** A user whose newest intent is not applied has a job that will see to it. Index: peers_pkey. */
async function readStanding(
  tx: Tx,
  node: NodeId,
  ids: readonly PeerId[],
): Promise<ReadonlyMap<string, Standing>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.execute<{ id: string; standing: Standing }>(sql`
    select p.id, case when p.wanted then 'wanted'
                      when p.generation <> p.applied_generation then 'underway' else 'unwanted' end as standing
      from adit.peers p where p.node_id = ${node} and p.id = any(${sql.param([...ids])}::uuid[])`);
  return new Map(rows.map((row) => [row.id, row.standing]));
}
