import { sql } from 'drizzle-orm';
import { type AccountId, peerId } from '../../../core/ids.ts';
import type { SubscriptionContent, SubscriptionReader } from '../../../core/ports/subscriptions.ts';
import type { Database } from '../client.ts';
import type { Drizzle as Tx } from '../drizzle-session.ts';
import { isRunning } from './running.ts';

/** Indexes: subscription_links_account. Two that come at once leave one: the second sees the first. */
export async function openSubscriptionLink(
  tx: Tx,
  account: AccountId,
  fresh: string,
  now: Date,
): Promise<string> {
  const rows = await tx.execute<{ id: string }>(sql`
    insert into adit.subscription_links (id, account_id, created_at)
    values (${fresh}, ${account}, ${now.toISOString()})
    on conflict (account_id) where revoked_at is null do update set account_id = excluded.account_id
    returning id`);
  return rows[0]!.id;
}

export async function revokeSubscriptionLink(tx: Tx, account: AccountId, now: Date): Promise<boolean> {
  const rows = await tx.execute(sql`
    update adit.subscription_links set revoked_at = ${now.toISOString()}
     where account_id = ${account} and revoked_at is null returning id`);
  return rows.length > 0;
}

interface ContentRow extends Record<string, unknown> {
  readonly users:
    | readonly { readonly peer: string; readonly number: number; readonly name: string }[]
    | string;
  readonly until: string | null;
  readonly limit: string | null;
  readonly used: string | null;
  readonly uploaded: string;
  readonly downloaded: string;
}

export function createSubscriptionReader(database: Database): SubscriptionReader {
  return {
    content: (id, now) => database.read((tx) => readContent(tx, id, now)),
  };
}

/**
 * Nobody's paused or ended access is listed: what is wanted is what connects.
 * Indexes: subscription_links_pkey, subscriptions_account, devices_account, peers_device, peer_counters_pkey.
 */
async function readContent(tx: Tx, id: string, now: Date): Promise<SubscriptionContent | null> {
  const at = now.toISOString();
  const rows = await tx.execute<ContentRow>(sql`
    with link as (
      update adit.subscription_links set fetched_at = ${at}
       where id = ${id} and revoked_at is null returning account_id
    ), running as (
      select s.* from adit.subscriptions s join link l on l.account_id = s.account_id
       where ${isRunning(now)} order by s.ends_at desc limit 1
    ), held as (
      select p.*, d.name, d.created_at as since from link l
        join adit.devices d on d.account_id = l.account_id and d.state <> 'revoked'
        join adit.peers p on p.device_id = d.id
    )
    select (select (extract(epoch from ends_at) * 1000)::bigint::text from running) as until,
           (select traffic_limit_bytes::text from running) as limit, (select used_bytes::text from running) as used,
           coalesce((select sum(c.received_bytes) from held h join adit.peer_counters c on c.peer_id = h.id), 0)::text
             as uploaded,
           coalesce((select sum(c.sent_bytes) from held h join adit.peer_counters c on c.peer_id = h.id), 0)::text
             as downloaded,
           coalesce((select jsonb_agg(jsonb_build_object('peer', h.id, 'number', h.key_number, 'name', h.name)
                              order by h.since, h.id)
                       from held h where h.protocol = 'vless' and h.wanted), '[]') as users
      from link`);
  const [row] = rows;
  return row === undefined ? null : toContent(row);
}

function toContent(row: ContentRow): SubscriptionContent {
  const users = typeof row.users === 'string' ? (JSON.parse(row.users) as never[]) : row.users;
  return {
    users: users.map(({ peer, number, name }) => ({
      peerId: peerId(peer),
      keyNumber: number,
      deviceName: name,
    })),
    until: row.until === null ? null : new Date(Number(row.until)),
    uploadedBytes: Number(row.uploaded),
    downloadedBytes: Number(row.downloaded),
    limit: row.limit === null ? null : { bytes: Number(row.limit), usedBytes: Number(row.used) },
  };
}
