import { sql } from 'drizzle-orm';
import type { NodeId, PublicKey } from '../../../core/ids.ts';
import type { PeerDigest } from '../../../core/peer-digest.ts';
import type { Standing } from '../../../core/ports/backend.ts';
import type { WantedPeer } from '../../../core/ports/store.ts';
import type { Database } from '../client.ts';
import type { Drizzle as Tx } from '../drizzle-session.ts';

/** What a WireGuard node should hold, as reconcile and wg0.conf read it. Each page is a short session of its own. */
const PAGE = 1_000;
const DIGEST_PAGE = 20_000;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

interface WantedRow extends Record<string, unknown> {
  readonly id: string;
  readonly public_key: string;
  readonly allowed_ips: string;
  readonly applied: boolean;
}

/** A peer's allowed-ips as `wg` prints them. With a public key it has an address. */
const ALLOWED_IPS = sql.raw(`host(p.ip4) || '/32' || coalesce(',' || host(p.ip6) || '/128', '')`);

/** Keyset pages over index `peers_wanted`, then those adopted over `quarantined_peers_state`. */
export async function* readWanted(database: Database, node: NodeId): AsyncIterable<readonly WantedPeer[]> {
  let last = FIRST_ID;
  for (;;) {
    const rows = await database.read((tx) =>
      tx.execute<WantedRow>(sql`
        select p.id, p.public_key, ${ALLOWED_IPS} as allowed_ips, p.generation = p.applied_generation as applied
          from adit.peers p
         where p.node_id = ${node} and p.wanted and p.id > ${last}::uuid and p.public_key is not null
         order by p.id limit ${PAGE}`),
    );
    if (rows.length > 0) yield rows.map(toWantedPeer);
    if (rows.length < PAGE) break;
    last = rows[rows.length - 1]!.id;
  }
  yield* readAdopted(database, node);
}

async function* readAdopted(database: Database, node: NodeId): AsyncIterable<readonly WantedPeer[]> {
  let last = '';
  for (;;) {
    const rows = await database.read((tx) =>
      tx.execute<WantedRow>(sql`
        select q.key as id, q.key as public_key, array_to_string(q.allowed_ips, ',') as allowed_ips, true as applied
          from adit.quarantined_peers q
         where q.node_id = ${node} and q.state = 'adopted' and q.key > ${last} order by q.key limit ${PAGE}`),
    );
    if (rows.length > 0) yield rows.map(toWantedPeer);
    if (rows.length < PAGE) return;
    last = rows[rows.length - 1]!.id;
  }
}

const toWantedPeer = (row: WantedRow): WantedPeer => ({
  applied: row.applied,
  publicKey: row.public_key as PublicKey,
  allowedIps: row.allowed_ips === '' ? [] : row.allowed_ips.split(','),
});

interface DigestRow extends Record<string, unknown> {
  readonly count: number;
  readonly hash: string;
  readonly last: string | null;
}

/** The same without sending a peer: 100,000 of them cost PostgreSQL a tenth of a second, and us nothing. */
export async function readWantedDigest(database: Database, node: NodeId): Promise<PeerDigest> {
  let [count, hash] = [0, 0n];
  let last: string | null = FIRST_ID;
  while (last !== null) {
    const from: string = last;
    const row: DigestRow = await database.read((tx) => digestPage(tx, node, from));
    count += row.count;
    hash ^= BigInt(row.hash);
    last = row.last;
  }
  const adopted = await database.read((tx) => digestAdopted(tx, node));
  return { count: count + adopted.count, hash: String(BigInt.asIntN(64, hash ^ BigInt(adopted.hash))) };
}

/** `last` is null after the last page. */
async function digestPage(tx: Tx, node: NodeId, from: string): Promise<DigestRow> {
  const rows = await tx.execute<DigestRow>(sql`
    select count(*) filter (where line is not null)::int as count,
           coalesce(bit_xor(hashtextextended(line, 0)), 0)::text as hash,
           case when count(*) = ${DIGEST_PAGE}::int then (array_agg(id order by id desc))[1] end as last
      from (select p.id, p.public_key || ' ' || ${ALLOWED_IPS} as line
              from adit.peers p where p.node_id = ${node} and p.wanted and p.id > ${from}::uuid
             order by p.id limit ${DIGEST_PAGE}) page`);
  return rows[0]!;
}

async function digestAdopted(tx: Tx, node: NodeId): Promise<DigestRow> {
  const rows = await tx.execute<DigestRow>(sql`
    select count(*)::int as count,
           coalesce(bit_xor(hashtextextended(key || ' ' || array_to_string(allowed_ips, ','), 0)), 0)::text as hash,
           null as last
      from adit.quarantined_peers where node_id = ${node} and state = 'adopted'`);
  return rows[0]!;
}

/**
 * A peer whose newest intent is not applied has a job that will see to it. A retired key is gone for good once it was
 * read back as absent. Indexes: peers_public_key, retired_keys_pkey, quarantined_peers_pkey.
 */
export async function readStanding(
  tx: Tx,
  node: NodeId,
  keys: readonly PublicKey[],
): Promise<ReadonlyMap<string, Standing>> {
  if (keys.length === 0) return new Map();
  const asked = sql`${sql.param([...keys])}::text[]`;
  const rows = await tx.execute<{ key: string; standing: Standing }>(sql`
    select q.key, 'wanted' as standing from adit.quarantined_peers q
     where q.node_id = ${node} and q.key = any(${asked}) and q.state = 'adopted'
    union all
    select r.public_key, case when r.removed_at is null then 'underway' else 'unwanted' end
      from adit.retired_keys r where r.public_key = any(${asked})
    union all
    select p.public_key, case when p.wanted then 'wanted'
                              when p.generation <> p.applied_generation then 'underway' else 'unwanted' end
      from adit.peers p where p.node_id = ${node} and p.public_key = any(${asked})`);
  // What a peer of ours says counts most: it comes last.
  return new Map(rows.map((row) => [row.key, row.standing]));
}
