import { type SQL, sql } from 'drizzle-orm';
import type { NodeId, PublicKey } from '../../../core/ids.ts';
import { BUCKETS, type BucketDigest } from '../../../core/peer-digest.ts';
import type { Standing } from '../../../core/ports/backend.ts';
import type { WantedPeer } from '../../../core/ports/store.ts';
import type { Database } from '../client.ts';
import type { Drizzle as Tx } from '../drizzle-session.ts';

/** What a WireGuard node should hold, as reconcile and wg0.conf read it. Each page is a short session of its own. */
const PAGE = 5_000;
/** Rows that are only looked at, and mostly not sent. */
const SIEVED_PAGE = 20_000;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** A peer's line, as core/peer-digest spells it. With a public key it has an address, and its text has the prefix. */
const LINE = sql.raw(`p.public_key || ' ' || p.ip4::text || coalesce(',' || p.ip6::text, '')`);
const ADOPTED_LINE = sql.raw(`q.key || ' ' || array_to_string(q.allowed_ips, ',')`);

/** The lowest bits of a line's hash, as core/peer-digest has them. */
const BUCKET = sql.raw(`hashtextextended(line, 0) & ${BUCKETS - 1}`);

interface Page extends Record<string, unknown> {
  /** All lines in one text: as rows they would take us ten times as long to read. */
  readonly lines: string | null;
  /** Where the next page begins; null: there is none. */
  readonly last: string | null;
}

export interface WantedRequest {
  readonly node: NodeId;
  /** Undefined: all of it. */
  readonly buckets?: ReadonlySet<number> | undefined;
  readonly pageSize?: number | undefined;
}

/** Keyset pages over index `peers_wanted`, then those adopted over `quarantined_peers_state`. */
export async function* readWanted(
  database: Database,
  asked: WantedRequest,
): AsyncIterable<readonly WantedPeer[]> {
  const { node, buckets } = asked;
  const sieve = buckets ? sql`${BUCKET} = any(${sql.param([...buckets])}::bigint[])` : sql`true`;
  const size = asked.pageSize ?? (buckets ? SIEVED_PAGE : PAGE);
  for (const read of [peersPage, adoptedPage]) {
    let from: string | null = read === peersPage ? FIRST_ID : '';
    while (from !== null) {
      const start: string = from;
      const page: Page = await database.read((tx) => read(tx, { node, start, size, sieve }));
      if (page.lines !== null) yield page.lines.split('\n').map(toWantedPeer);
      from = page.last;
    }
  }
}

interface PageRequest {
  readonly node: NodeId;
  readonly start: string;
  readonly size: number;
  readonly sieve: SQL;
}

async function peersPage(tx: Tx, { node, start, size, sieve }: PageRequest): Promise<Page> {
  const rows = await tx.execute<Page>(sql`
    select string_agg(line || case when applied then '' else ${UNAPPLIED}::text end, E'\n') filter (where ${sieve}) as lines,
           case when count(*) = ${size}::int then max(id collate "C") end as last
      from (select p.id::text as id, ${LINE} as line, p.generation = p.applied_generation as applied
              from adit.peers p
             where p.node_id = ${node} and p.wanted and p.id > ${start}::uuid and p.public_key is not null
             order by p.id limit ${size}) page`);
  return rows[0]!;
}

async function adoptedPage(tx: Tx, { node, start, size, sieve }: PageRequest): Promise<Page> {
  const rows = await tx.execute<Page>(sql`
    select string_agg(line, E'\n') filter (where ${sieve}) as lines,
           case when count(*) = ${size}::int then max(key) end as last
      from (select q.key, ${ADOPTED_LINE} as line from adit.quarantined_peers q
             where q.node_id = ${node} and q.state = 'adopted' and q.key > ${start} order by q.key limit ${size}) page`);
  return rows[0]!;
}

/** Neither keys nor networks have a blank in them. */
const UNAPPLIED = ' *';

function toWantedPeer(text: string): WantedPeer {
  const applied = !text.endsWith(UNAPPLIED);
  const line = applied ? text : text.slice(0, -UNAPPLIED.length);
  const blank = line.indexOf(' ');
  const networks = line.slice(blank + 1);
  return {
    applied,
    publicKey: line.slice(0, blank) as PublicKey,
    allowedIps: networks === '' ? [] : networks.split(','),
  };
}

interface DigestPage extends Record<string, unknown> {
  readonly count: number;
  /** `bucket hash` of each bucket that has a peer, comma between. */
  readonly buckets: string | null;
  readonly last: string | null;
}

/** The same without sending a peer: 100,000 of them cost PostgreSQL a tenth of a second, and us nothing. */
export async function readWantedDigest(database: Database, node: NodeId): Promise<BucketDigest> {
  const words = new Int32Array(BUCKETS * 2);
  let count = 0;
  let from: string | null = FIRST_ID;
  while (from !== null) {
    const start: string = from;
    const page: DigestPage = await database.read((tx) => digestPage(tx, node, start));
    count += page.count;
    join(words, page.buckets);
    from = page.last;
  }
  const adopted = await database.read((tx) => digestAdopted(tx, node));
  join(words, adopted.buckets);
  return { count: count + adopted.count, words };
}

function join(words: Int32Array, buckets: string | null): void {
  for (const pair of buckets?.split(',') ?? []) {
    const blank = pair.indexOf(' ');
    const at = Number(pair.slice(0, blank)) * 2;
    const hash = BigInt(pair.slice(blank + 1));
    words[at]! ^= Number(BigInt.asIntN(32, hash >> 32n));
    words[at + 1]! ^= Number(BigInt.asIntN(32, hash));
  }
}

/** `last` is null after the last page. */
async function digestPage(tx: Tx, node: NodeId, start: string): Promise<DigestPage> {
  const rows = await tx.execute<DigestPage>(sql`
    with page as materialized (
      select p.id::text as id, hashtextextended(${LINE}, 0) as hash from adit.peers p
       where p.node_id = ${node} and p.wanted and p.id > ${start}::uuid and p.public_key is not null
       order by p.id limit ${SIEVED_PAGE}
    ), buckets as (
      select hash & ${BUCKETS - 1} as bucket, bit_xor(hash) as hash from page group by 1
    )
    select count(*)::int as count, (select string_agg(bucket || ' ' || hash, ',') from buckets) as buckets,
           case when count(*) = ${SIEVED_PAGE}::int then max(id collate "C") end as last from page`);
  return rows[0]!;
}

/** Few, and in one go. */
async function digestAdopted(tx: Tx, node: NodeId): Promise<DigestPage> {
  const rows = await tx.execute<DigestPage>(sql`
    with page as materialized (
      select hashtextextended(${ADOPTED_LINE}, 0) as hash from adit.quarantined_peers q
       where q.node_id = ${node} and q.state = 'adopted'
    ), buckets as (
      select hash & ${BUCKETS - 1} as bucket, bit_xor(hash) as hash from page group by 1
    )
    select count(*)::int as count, (select string_agg(bucket || ' ' || hash, ',') from buckets) as buckets,
           null as last from page`);
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
