import { type SQL, sql } from 'drizzle-orm';
import type { NodeId, PublicKey } from '../../../core/ids.ts';
import { BUCKETS, type BucketDigest } from '../../../core/peer-digest.ts';
import type { Standing } from '../../../core/ports/backend.ts';
import type { WantedPeer } from '../../../core/ports/store.ts';
import type { Database } from '../client.ts';
import type { Drizzle as Tx } from '../drizzle-session.ts';

/** What a WireGuard node should hold, as reconcile and wg0.conf read it. Each page is a short session of its own. */
const PAGE = 2_000;
/** Rows that are only looked at, and mostly not sent. */
const SIEVED_PAGE = 20_000;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** As core/peer-digest spells it; its hash is kept in `line_hash`. With a public key a peer has an address. */
const LINE = sql.raw(
  `p.public_key || ' ' || host(p.ip4) || '/32' || coalesce(',' || host(p.ip6) || '/128', '')`,
);
const ADOPTED_LINE = sql.raw(`q.key || ' ' || array_to_string(q.allowed_ips, ',')`);

/** Neither keys nor networks have a blank in them. */
const UNAPPLIED = ' *';
const MARK = sql.raw(`case when p.generation = p.applied_generation then '' else '${UNAPPLIED}' end`);

/** The lowest bits of a line's hash, as core/peer-digest has them. */
const BUCKET = sql.raw(`hash & ${BUCKETS - 1}`);

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

/** A bit for each bucket, in hex: one look a row, however many there are. */
function bitsOf(buckets: ReadonlySet<number>): string {
  const bytes = Buffer.alloc(BUCKETS / 8);
  for (const bucket of buckets) bytes[bucket >> 3]! |= 1 << (bucket & 7);
  return bytes.toString('hex');
}

/** Keyset pages over index `peers_wanted`, then those adopted over `quarantined_peers_state`. */
export async function* readWanted(
  database: Database,
  asked: WantedRequest,
): AsyncIterable<readonly WantedPeer[]> {
  const { node, buckets, pageSize } = asked;
  const size = pageSize ?? (buckets ? SIEVED_PAGE : PAGE);
  const sieve = buckets ? sql`get_bit(decode(${bitsOf(buckets)}, 'hex'), ${BUCKET}) = 1` : sql`true`;
  yield* pagesOf(database, peersPage, { node, start: FIRST_ID, size, sieve });
  yield* pagesOf(database, adoptedPage, { node, start: '', size, sieve });
}

async function* pagesOf(
  database: Database,
  readPage: (tx: Tx, request: PageRequest) => Promise<Page>,
  request: PageRequest,
): AsyncIterable<readonly WantedPeer[]> {
  let from: string | null = request.start;
  while (from !== null) {
    const start: string = from;
    const page: Page = await database.read((tx) => readPage(tx, { ...request, start }));
    if (page.lines !== null) yield page.lines.split('\n').map(toWantedPeer);
    from = page.last;
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
    select string_agg(${LINE} || ${MARK}, E'\n') filter (where ${sieve}) as lines, ${edgeOf(node, start, size)} as last
      from (select public_key, ip4, ip6, generation, applied_generation, line_hash as hash from adit.peers
             where node_id = ${node} and wanted and id > ${start}::uuid order by id limit ${size}) p`);
  return rows[0]!;
}

/** The last id of a full page, from the index alone; null: no page follows. */
const edgeOf = (node: NodeId, start: string, size: number) => sql`
  (select id::text from (select id from adit.peers where node_id = ${node} and wanted and id > ${start}::uuid
                          order by id offset ${size - 1} limit 1) edge)`;

async function adoptedPage(tx: Tx, { node, start, size, sieve }: PageRequest): Promise<Page> {
  const rows = await tx.execute<Page>(sql`
    select string_agg(line, E'\n') filter (where ${sieve}) as lines,
           case when count(*) = ${size}::int then max(key) end as last
      from (select q.key, ${ADOPTED_LINE} as line, hashtextextended(${ADOPTED_LINE}, 0) as hash
              from adit.quarantined_peers q
             where q.node_id = ${node} and q.state = 'adopted' and q.key > ${start} order by q.key limit ${size}) page`);
  return rows[0]!;
}

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

/** The same without sending a peer. */
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

/** From the index alone. A peer that has no key yet has no hash either. */
async function digestPage(tx: Tx, node: NodeId, start: string): Promise<DigestPage> {
  const rows = await tx.execute<DigestPage>(sql`
    select coalesce(sum(peers), 0)::int as count, string_agg(bucket || ' ' || joined, ',') as buckets,
           ${edgeOf(node, start, SIEVED_PAGE)} as last
      from (select ${BUCKET} as bucket, bit_xor(hash) as joined, count(*) as peers
              from (select line_hash as hash from adit.peers
                     where node_id = ${node} and wanted and id > ${start}::uuid order by id limit ${SIEVED_PAGE}) page
             where hash is not null group by 1) buckets`);
  return rows[0]!;
}

/** Few, and in one go. */
async function digestAdopted(tx: Tx, node: NodeId): Promise<DigestPage> {
  const rows = await tx.execute<DigestPage>(sql`
    select coalesce(sum(peers), 0)::int as count, string_agg(bucket || ' ' || joined, ',') as buckets, null as last
      from (select ${BUCKET} as bucket, bit_xor(hash) as joined, count(*) as peers
              from (select hashtextextended(${ADOPTED_LINE}, 0) as hash from adit.quarantined_peers q
                     where q.node_id = ${node} and q.state = 'adopted') page group by 1) buckets`);
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
