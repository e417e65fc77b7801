import { sql } from 'drizzle-orm';
import {
  accountId,
  chatId,
  deviceId,
  issueId,
  type PeerId,
  type PublicKey,
  peerId,
} from '../../../core/ids.ts';
import type { PeerTarget, PendingIssue } from '../../../core/ports/store.ts';
import type { Language } from '../../../core/ports/words.ts';
import type { Drizzle as Tx } from '../drizzle-session.ts';

interface TargetRow extends Record<string, unknown> {
  readonly id: string;
  readonly generation: number;
  readonly wanted: boolean;
  readonly public_key: string | null;
  readonly ip4: string;
  readonly ip6: string | null;
  readonly retired: string[] | null;
  readonly issue: string | null;
  readonly account: string;
  readonly chat: string;
  readonly language: Language;
  readonly device: string;
  readonly device_name: string;
  readonly until: string | null;
  readonly living: string | null;
  readonly document: string | null;
}

/**
 * What the database wants of these peers now, each with the config that has not reached its user. Which is the newest
 * promise is told by what it superseded: its time may be older, when the clock was set back in between.
 * Indexes: peers_pkey, issues_pending, retired_keys_peer, subscriptions_account.
 */
export async function readTargets(tx: Tx, ids: readonly PeerId[]): Promise<readonly PeerTarget[]> {
  const rows = await tx.execute<TargetRow>(sql`
    select p.id, p.generation, p.wanted, p.public_key, host(p.ip4) as ip4, host(p.ip6) as ip6,
           (select array_agg(r.public_key) from adit.retired_keys r
             where r.peer_id = p.id and r.removed_at is null) as retired,
           i.id as issue, d.account_id::text as account, a.chat_id::text as chat,
           coalesce(a.language, a.language_hint) as language, d.id as device, d.name as device_name,
           (select (extract(epoch from max(s.ends_at)) * 1000)::bigint::text from adit.subscriptions s
             where s.account_id = a.id) as until,
           i.living_message_id::text as living, i.document_message_id::text as document
      from adit.peers p
      join adit.devices d on d.id = p.device_id
      join adit.accounts a on a.id = d.account_id
      left join lateral (
        select * from adit.issues i
         where i.peer_id = p.id and i.delivered_at is null and i.superseded_at is null
         order by i.created_at desc, i.id desc limit 1
      ) i on true
     where p.id = any(${sql.param([...ids])}::uuid[])`);
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
  // A config for a peer that is not wanted any more would never connect.
  issue: row.wanted && row.issue !== null ? toIssue(row, row.issue) : null,
});

const toIssue = (row: TargetRow, id: string): PendingIssue => ({
  id: issueId(id),
  accountId: accountId(Number(row.account)),
  chatId: chatId(Number(row.chat)),
  language: row.language,
  deviceId: deviceId(row.device),
  deviceName: row.device_name,
  until: new Date(Number(row.until ?? 0)),
  livingMessageId: row.living === null ? null : Number(row.living),
  documentMessageId: row.document === null ? null : Number(row.document),
});
