import { and, asc, eq, gt, sql } from 'drizzle-orm';
import { type NodeId, type PeerId, peerId } from '../../../core/ids.ts';
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
    unwantedAmong: (nodeId, ids) => database.read((tx) => unwantedAmong(tx, nodeId, ids)),
  };
}

interface TargetRow extends IssueRow {
  readonly id: string;
  readonly generation: number;
  readonly key_number: number;
}

/** Indexes: peers_pkey, issues_peer, subscriptions_account. */
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

async function unwantedAmong(tx: Tx, node: NodeId, ids: readonly PeerId[]): Promise<ReadonlySet<PeerId>> {
  const rows = await tx.execute<{ id: string }>(sql`
    select id from adit.peers
     where node_id = ${node} and id = any(${sql.param([...ids])}::uuid[]) and not wanted`);
  return new Set(rows.map((row) => peerId(row.id)));
}
