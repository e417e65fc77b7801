import { sql } from 'drizzle-orm';
import type { Database, Tx } from '../../src/server/adapters/postgres/client.ts';
import { createAddressAllocator } from '../../src/server/adapters/postgres/stores/address-allocator.ts';
import { systemRandom } from '../../src/server/adapters/system/random.ts';
import { createGroupCommit } from '../../src/server/core/group-commit.ts';
import { type NodeId, nodeId } from '../../src/server/core/ids.ts';
import { MEASURED } from './claim-pool.ts';
import type { ClaimSite } from './claim-site.ts';

/** One way of giving out an address. All use the same client, the same connections and the same row. */
export interface ClaimContender {
  readonly name: string;
  /** One claim with its row, committed: the position, or null for "the pool is full". */
  claim(): Promise<number | null>;
  /** Whether it keeps adit.addresses; otherwise the rows of peers alone say what is used. */
  readonly keepsAddresses: boolean;
  /** One at a time by a lock: more clients only queue, so slow ones get fewer and their rate is not touched. */
  readonly serial: boolean;
  /** Whether it can tell that a pool is full. */
  readonly knowsFull: boolean;
}

/** As in services/issue-access.ts. */
const LARGEST_BATCH = 64;
const LOCAL = nodeId('local');

export const OURS = 'ours';
export const ADVISORY = 'advisory lock';
export const READ_ALL = 'read all';
export const HEAD = 'head order';

export function claimContenders({ database, pool }: ClaimSite): readonly ClaimContender[] {
  const lastPosition = () => pool().lastPosition;
  return [
    ours(database),
    oursAlone(database),
    advisoryLock(database, lastPosition),
    readAll(database, lastPosition),
    randomRetry(database, lastPosition),
    headOrder(database),
  ];
}

/** The product's way: claims that arrive while a transaction is in flight form the next one. */
export function ours(database: Database, node: NodeId = LOCAL): ClaimContender {
  const allocator = createAddressAllocator(systemRandom);
  return batched(OURS, database, async (tx, count) => {
    const leased = await allocator.claim(tx, node, count);
    return leased.map((each) => ({ position: each.position, ip4: each.ip4 }));
  });
}

/** Shows how much of the difference is the batching. */
function oursAlone(database: Database): ClaimContender {
  const allocator = createAddressAllocator(systemRandom);
  return alone('ours, unbatched', { keepsAddresses: true }, database, async (tx) => {
    const [leased] = await allocator.claim(tx, LOCAL, 1);
    return leased ? claimed(leased.position) : null;
  });
}

/** The owner's first remedy: everybody through one lock, then the first gap. An index only walk, stopped at the gap. */
function advisoryLock(database: Database, lastPosition: () => number): ClaimContender {
  return alone(ADVISORY, { serial: true }, database, async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(20)`);
    const rows = await tx.execute<{ position: number | null }>(sql`
      select coalesce(
        (select 2 where not exists (select from bench.peers where position = 2)),
        (select p.position + 1 from bench.peers p
          where p.position < ${lastPosition()}
            and not exists (select from bench.peers q where q.position = p.position + 1)
          order by p.position limit 1)) as position`);
    const position = rows[0]?.position ?? null;
    return position === null ? null : claimed(position);
  });
}

/** Reads every used address and looks for the first free one here; under a lock, or two would find the same. */
function readAll(database: Database, lastPosition: () => number): ClaimContender {
  return alone(READ_ALL, { serial: true }, database, async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(20)`);
    const rows = await tx.execute<{ position: number }>(sql`select position from bench.peers`);
    const used = new Uint8Array(lastPosition() + 1);
    for (const row of rows) used[row.position] = 1;
    const position = used.indexOf(0, 2);
    return position === -1 ? null : claimed(position);
  });
}

/** Guesses until the unique constraint has nothing against it. It never knows that a pool is full. */
function randomRetry(database: Database, lastPosition: () => number): ClaimContender {
  return {
    name: 'random retry',
    keepsAddresses: false,
    serial: false,
    knowsFull: false,
    claim: () =>
      database.transaction(async (tx) => {
        for (;;) {
          const position = 2 + systemRandom.integer(lastPosition() - 1);
          const insert = insertPeers([claimed(position)]);
          const rows = await tx.execute(sql`${insert} on conflict (position) do nothing returning position`);
          if (rows.length > 0) return position;
        }
      }),
  };
}

/** A queue as most write it: the first free row that nobody has locked. */
export function headOrder(database: Database, pool = 1): ClaimContender {
  return alone(HEAD, { keepsAddresses: true }, database, async (tx) => {
    const [first] = await claimHead(tx, pool, 1);
    return first ?? null;
  });
}

/** Head order with our batching, to see what the order alone does. */
export function headOrderBatched(database: Database, pool: number): ClaimContender {
  return batched('head order, batched', database, (tx, count) => claimHead(tx, pool, count));
}

async function claimHead(tx: Tx, pool: number, count: number): Promise<readonly Claimed[]> {
  return tx.execute<Claimed>(sql`
    with picked as materialized (
      select position from adit.addresses
       where pool_id = ${pool} and state = 'free'
       order by position limit ${count} for no key update skip locked
    )
    update adit.addresses a set state = 'leased' from adit.pools l
     where l.id = ${pool} and a.pool_id = l.id and a.position = any (array(select position from picked))
    returning a.position, host(network(l.cidr4)::inet + a.position) as ip4`);
}

interface Claimed extends Record<string, unknown> {
  readonly position: number;
  readonly ip4: string;
}

function batched(
  name: string,
  database: Database,
  claimSome: (tx: Tx, count: number) => Promise<readonly Claimed[]>,
): ClaimContender {
  const queue = createGroupCommit(
    (callers: readonly undefined[]) =>
      database.transaction(async (tx) => {
        const given = await claimSome(tx, callers.length);
        if (given.length > 0) await tx.execute(insertPeers(given));
        return callers.map((_, index) => given[index]?.position ?? null);
      }),
    LARGEST_BATCH,
  );
  return {
    name,
    keepsAddresses: true,
    serial: false,
    knowsFull: true,
    claim: () => queue.submit(undefined),
  };
}

function alone(
  name: string,
  { keepsAddresses = false, serial = false },
  database: Database,
  find: (tx: Tx) => Promise<Claimed | null>,
): ClaimContender {
  const claim = () =>
    database.transaction(async (tx) => {
      const found = await find(tx);
      if (found !== null) await tx.execute(insertPeers([found]));
      return found?.position ?? null;
    });
  return { name, keepsAddresses, serial, knowsFull: true, claim };
}

/** A position of the one pool at 10.0.0.0. */
const claimed = (position: number): Claimed => ({
  position,
  ip4: `10.${position >> 16}.${(position >> 8) & 255}.${position & 255}`,
});

const insertPeers = (rows: readonly Claimed[]) => sql`
  insert into bench.peers (id, account, position, ip4)
  values ${sql.join(
    rows.map((each) => sql`(${systemRandom.uuid()}, ${MEASURED}, ${each.position}, ${each.ip4}::inet)`),
    sql`, `,
  )}`;
