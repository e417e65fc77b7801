import { sql } from 'drizzle-orm';
import type { AccountDetail, DashboardReader, PeerDetail } from '../../../core/ports/dashboard.ts';
import type { Database } from '../client.ts';
import type { Drizzle as Tx } from '../drizzle-session.ts';
import { countAccountRows, readAccountRow, readAccountRows } from './dashboard-accounts.ts';
import { readAudit, readAuditChoices } from './dashboard-audit.ts';
import { accountHistory, peerHistory } from './dashboard-history.ts';
import { ms } from './dashboard-keyset.ts';
import { readNodeNames, readNodes, readPlanUse, readPoolChanges, readPools } from './dashboard-machine.ts';
import {
  countPeerRows,
  readPeerKeys,
  readPeerRows,
  readPeersById,
  readPeersOfAccount,
} from './dashboard-peers.ts';

/** What the dashboard reads, each answer over one connection and without a transaction. */
export function createDashboardReader(database: Database): DashboardReader {
  const read = <T>(work: (tx: Tx) => Promise<T>) => database.read(work);
  return {
    accounts: (query, page, now) => read((tx) => readAccountRows(tx, query, page, now)),
    countAccounts: (query, now) => read((tx) => countAccountRows(tx, query, now)),
    account: (id, now) => read((tx) => readAccount(tx, id, now)),
    peers: (query, page, now) => read((tx) => readPeerRows(tx, query, page, now)),
    countPeers: (query, now) => read((tx) => countPeerRows(tx, query, now)),
    peerKeys: (query, now) => read((tx) => readPeerKeys(tx, query, now)),
    peersById: (ids, now) => read((tx) => readPeersById(tx, ids, now)),
    peer: (id, now) => read((tx) => readPeer(tx, id, now)),
    pools: () => read(readPools),
    poolChanges: (now) => read((tx) => readPoolChanges(tx, now)),
    nodes: () => read(readNodes),
    nodeNames: (protocol) => read((tx) => readNodeNames(tx, protocol ?? null)),
    planUse: (now) => read((tx) => readPlanUse(tx, now)),
    audit: (query, page) => read((tx) => readAudit(tx, query, page)),
    auditChoices: () => read(readAuditChoices),
  };
}

async function readAccount(tx: Tx, id: string, now: Date): Promise<AccountDetail | null> {
  const found = await readAccountRow(tx, id, now);
  if (found === null) return null;
  const { language, ...account } = found;
  const subscriptions = await tx.execute(sql`
    select s.plan, ${ms('s.starts_at')} as starts_at, ${ms('s.ends_at')} as ends_at, s.used_bytes::text as used,
           s.traffic_limit_bytes::text as allowed, s.limited_at is not null as used_up
      from adit.subscriptions s where s.account_id = ${id}::text::bigint order by s.ends_at desc limit 100`);
  const notes = await tx.execute(sql`
    select ${ms('n.created_at')} as at, n.operator_name, n.text from adit.account_notes n
     where n.account_id = ${id}::text::bigint order by n.created_at desc, n.id desc limit 100`);
  return {
    account,
    language,
    devices: await readPeersOfAccount(tx, id, now),
    subscriptions: subscriptions.map((row) => ({
      plan: String(row.plan),
      startsAt: Number(row.starts_at),
      endsAt: Number(row.ends_at),
      usedBytes: Number(row.used),
      limitBytes: row.allowed === null ? null : Number(row.allowed),
      usedUp: row.used_up === true,
    })),
    history: await accountHistory(tx, id),
    subscriptionLink: await readSubscriptionLink(tx, id),
    notes: notes.map((row) => ({
      at: Number(row.at),
      operator: String(row.operator_name),
      text: String(row.text),
    })),
  };
}

/** Index: subscription_links_account. */
async function readSubscriptionLink(tx: Tx, account: string): Promise<AccountDetail['subscriptionLink']> {
  const [row] = await tx.execute(sql`
    select ${ms('l.created_at')} as created_at, ${ms('l.fetched_at')} as fetched_at
      from adit.subscription_links l where l.account_id = ${account}::text::bigint and l.revoked_at is null`);
  if (row === undefined) return null;
  const fetchedAt = row.fetched_at === null ? null : Number(row.fetched_at);
  return { createdAt: Number(row.created_at), fetchedAt };
}

async function readPeer(tx: Tx, id: string, now: Date): Promise<PeerDetail | null> {
  const [peer] = await readPeersById(tx, [id], now);
  if (!peer) return null;
  const rows = await tx.execute(sql`
    select p.generation, p.applied_generation, ${ms('p.applied_at')} as applied_at
      from adit.peers p where p.id = ${id}::text::uuid`);
  const row = rows[0];
  if (row === undefined) return null;
  return {
    peer,
    generation: Number(row.generation),
    appliedGeneration: Number(row.applied_generation),
    appliedAt: row.applied_at === null ? null : Number(row.applied_at),
    history: await peerHistory(tx, id),
  };
}
