import { sql } from 'drizzle-orm';
import { type PeerId, type PublicKey, peerId } from '../../../core/ids.ts';
import type { PeerTarget } from '../../../core/ports/store.ts';
import type { Drizzle as Tx } from '../drizzle-session.ts';
import { ISSUE_COLUMNS, ISSUE_TABLES, type IssueRow, pendingIssueOf } from './pending-issue.ts';

interface TargetRow extends IssueRow {
  readonly id: string;
  readonly generation: number;
  readonly public_key: string | null;
  readonly ip4: string;
  readonly ip6: string | null;
  readonly retired: string[] | null;
}

/**
 * What the database wants of these WireGuard peers now, each with the newest config that has not reached its user.
 * Indexes: peers_pkey, issues_pending, retired_keys_peer, subscriptions_account.
 */
export async function readTargets(tx: Tx, ids: readonly PeerId[]): Promise<readonly PeerTarget[]> {
  const rows = await tx.execute<TargetRow>(sql`
    select p.id, p.generation, p.wanted, p.public_key, host(p.ip4) as ip4, host(p.ip6) as ip6,
           (select array_agg(r.public_key) from adit.retired_keys r
             where r.peer_id = p.id and r.removed_at is null) as retired,
           ${ISSUE_COLUMNS}
      from adit.peers p ${ISSUE_TABLES}
     where p.id = any(${sql.param([...ids])}::uuid[]) and p.protocol = 'wireguard'`);
  return rows.map(toTarget);
}

const toTarget = (row: TargetRow): PeerTarget => ({
  peerId: peerId(row.id),
  generation: row.generation,
  wanted: row.wanted,
  publicKey: row.public_key as PublicKey | null,
  ip4: row.ip4,
  ip6: row.ip6,
  retiredKeys: (row.retired ?? []) as PublicKey[],
  issue: pendingIssueOf(row),
});
