import { type SQL, sql } from 'drizzle-orm';
import { type Slice, type SliceRequest, sliceOf } from '../../../core/keyset.ts';
import {
  LATE_AFTER_MS,
  type PeerFilter,
  type PeerKey,
  type PeerQuery,
  type PeerStanding,
  type StoredPeer,
} from '../../../core/ports/dashboard.ts';
import type { Protocol } from '../../../core/protocol.ts';
import type { TrafficCounter } from '../../../core/traffic.ts';
import type { Drizzle as Tx } from '../drizzle-session.ts';
import {
  fromCursor,
  keyColumns,
  keyOf,
  MOST_COUNTED,
  ms,
  type Order,
  orderedSlice,
} from './dashboard-keyset.ts';
import { searchedPeers } from './dashboard-peer-search.ts';

const ID = { column: 'p.id', type: 'uuid' } as const;
/** Index peers_current; ids are UUID v7 and sort by time. */
const NEWEST: Order = { by: [ID], descending: true };
/** Index peers_address: those without an address come last. */
const ADDRESS = "coalesce(p.ip4, '255.255.255.255'::inet)";
const BY_ADDRESS: Order = { by: [{ column: ADDRESS, type: 'inet' }, ID], descending: false };

const FROM = sql`
  from adit.peers p join adit.devices d on d.id = p.device_id join adit.accounts a on a.id = d.account_id
       left join adit.peer_counters c on c.peer_id = p.id`;
const COUNTED = sql`
  c.boot, c.raw_received::text, c.raw_sent::text, c.received_bytes::text, c.sent_bytes::text,
  ${ms('c.last_handshake_at')} as handshake_at`;
const MOST_KEYS = 100_000;

const standing = (now: Date): SQL => sql`
  case when p.generation <> p.applied_generation then
         case when not p.wanted then 'removing' when p.changed_at < ${lateBefore(now)} then 'late' else 'pending' end
       when p.wanted then 'applied' when p.released_at is not null then 'gone' else 'paused' end`;

const lateBefore = (now: Date) => new Date(now.getTime() - LATE_AFTER_MS).toISOString();

/** Written so that each finds its index: peers_unapplied, peers_wanted, peers_current. */
function filtered(state: PeerFilter | null, now: Date): SQL {
  const changing = sql`p.generation <> p.applied_generation`;
  switch (state) {
    case null:
      return sql`p.released_at is null`;
    case 'wanted':
    case 'never':
      return sql`p.wanted`;
    case 'unapplied':
      return changing;
    case 'applied':
      return sql`p.wanted and not (${changing}) and p.released_at is null`;
    case 'late':
      return sql`${changing} and p.wanted and p.changed_at < ${lateBefore(now)}`;
    case 'pending':
      return sql`${changing} and p.wanted and p.changed_at >= ${lateBefore(now)}`;
    case 'removing':
      return sql`${changing} and not p.wanted`;
    case 'paused':
      return sql`not p.wanted and not (${changing}) and p.released_at is null`;
    case 'gone':
      return sql`p.released_at is not null and not (${changing})`;
  }
}

function matching({ q, state, node }: PeerQuery, now: Date): SQL {
  const conditions = [filtered(state, now), ...searchedPeers(q)];
  if (node !== null) conditions.push(sql`p.node_id = ${node}`);
  return sql.join(conditions, sql` and `);
}

const columns = (now: Date): SQL => sql`
  p.id, p.public_key, left(d.name, 256) as device, d.account_id::text as account, left(a.name, 256) as account_name,
  p.node_id as node, p.protocol, host(p.ip4) as ip4, host(p.ip6) as ip6, p.wanted, ${standing(now)} as state,
  ${ms('p.changed_at')} as changed_at, ${ms('p.created_at')} as created_at, ${COUNTED}`;

export async function readPeerRows(
  tx: Tx,
  query: PeerQuery,
  page: SliceRequest,
  now: Date,
): Promise<Slice<StoredPeer>> {
  const order = query.sort === 'address' ? BY_ADDRESS : NEWEST;
  const rows = await tx.execute(sql`
    select ${columns(now)}, ${keyColumns(order)} ${FROM}
     where ${matching(query, now)}${fromCursor(order, page)}${orderedSlice(order, page)}`);
  const slice = sliceOf([...rows], page, keyOf(order));
  return { ...slice, rows: slice.rows.map(toStoredPeer) };
}

export async function countPeerRows(tx: Tx, query: PeerQuery, now: Date): Promise<number | null> {
  // Nobody's name is asked for: the peers alone can be counted.
  const from = query.q === '' ? sql` from adit.peers p` : FROM;
  const rows = await tx.execute<{ count: number }>(sql`
    select count(*)::int as count from (
      select 1 ${from} where ${matching(query, now)} limit ${MOST_COUNTED + 1}) found`);
  const count = rows[0]?.count ?? 0;
  return count > MOST_COUNTED ? null : count;
}

export async function readPeerKeys(tx: Tx, query: PeerQuery, now: Date): Promise<readonly PeerKey[]> {
  const rows = await tx.execute<{ id: string; public_key: string | null }>(sql`
    select p.id, p.public_key, ${COUNTED} ${FROM} where ${matching(query, now)} limit ${MOST_KEYS}`);
  return rows.map((row) => ({ id: row.id, publicKey: row.public_key, counted: toCounted(row) }));
}

export async function readPeersById(
  tx: Tx,
  ids: readonly string[],
  now: Date,
): Promise<readonly StoredPeer[]> {
  if (ids.length === 0) return [];
  const rows = await tx.execute(sql`
    select ${columns(now)} ${FROM} where p.id = any(${sql.param([...ids])}::uuid[])`);
  const byId = new Map(rows.map((row) => [String(row.id), toStoredPeer(row)]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** All devices of one account that ever were, the newest first, at most 200. Index: devices_account_all. */
export async function readPeersOfAccount(tx: Tx, account: string, now: Date): Promise<readonly StoredPeer[]> {
  const rows = await tx.execute(sql`
    select ${columns(now)} ${FROM} where d.account_id = ${account}::text::bigint order by p.id desc limit 200`);
  return rows.map(toStoredPeer);
}

function toCounted(row: Record<string, unknown>): TrafficCounter | null {
  if (row.boot === null) return null;
  return {
    boot: String(row.boot),
    rawReceived: Number(row.raw_received),
    rawSent: Number(row.raw_sent),
    received: Number(row.received_bytes),
    sent: Number(row.sent_bytes),
    handshakeAt: row.handshake_at === null ? null : new Date(Number(row.handshake_at)),
  };
}

const toStoredPeer = (row: Record<string, unknown>): StoredPeer => ({
  id: String(row.id),
  publicKey: row.public_key === null ? null : String(row.public_key),
  counted: toCounted(row),
  device: String(row.device),
  accountId: String(row.account),
  accountName: String(row.account_name),
  node: String(row.node),
  protocol: row.protocol as Protocol,
  ip4: row.ip4 === null ? null : String(row.ip4),
  ip6: row.ip6 === null ? null : String(row.ip6),
  wanted: row.wanted === true,
  state: row.state as PeerStanding,
  changedAt: Number(row.changed_at),
  createdAt: Number(row.created_at),
});
