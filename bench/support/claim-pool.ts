import type postgres from 'postgres';
import { check } from './scoreboard.ts';

/** What every contender writes for a claim: the same row in the same table with the same indexes. */
const PEERS = `
  create schema bench;
  create table bench.peers (
    id uuid primary key,
    account bigint not null,
    position integer not null unique,
    ip4 inet not null,
    created_at timestamptz not null default now()
  );
  create index peers_measured on bench.peers (position) where account = 1`;

/** Rows that stand for devices of earlier; fresh ones have the account of a measured claim, and an index to find them. */
const EARLIER = 0;
export const MEASURED = 1;

export interface ClaimPool {
  readonly bits: number;
  readonly used: number;
  readonly free: number;
  readonly lastPosition: number;
}

export async function prepareClaims(admin: postgres.Sql): Promise<void> {
  await admin.unsafe(PEERS);
  await admin`insert into adit.nodes (id, endpoint, public_key) values ('local', 'bench:1', 'none')`;
}

/**
 * A pool of 2^bits addresses of which `share` are in use, spread at random. That is kind to a gap search: its own
 * history would be a dense head that it walks each time.
 */
export async function fillPool(admin: postgres.Sql, bits: number, share: number): Promise<ClaimPool> {
  const devices = 2 ** bits - 3;
  const used = Math.round(devices * share);
  const lastPosition = 2 ** bits - 2;
  await admin.begin(async (tx) => {
    // The check of each row's foreign key is most of the time of a fill.
    await tx`set local session_replication_role = replica`;
    await tx`set local work_mem = '256MB'`;
    await tx`truncate bench.peers, adit.addresses`;
    await tx`delete from adit.pools`;
    await tx`insert into adit.pools (id, node_id, cidr4) values (1, 'local', ${`10.0.0.0/${32 - bits}`}::cidr)`;
    // In order of position, as the product fills a pool: neighbours share a page.
    await tx`
      insert into adit.addresses (pool_id, position, state)
      select 1, position, case when place <= ${used} then 'leased' else 'free' end
        from (select position, row_number() over (order by hashint4(position)) as place
                from generate_series(2, ${lastPosition}::int) as position) as shuffled
       order by position`;
    await tx`
      insert into bench.peers (id, account, position, ip4)
      select uuidv7(), ${EARLIER}, position, '10.0.0.0'::inet + position from adit.addresses where state = 'leased'`;
  });
  await admin.unsafe('vacuum (analyze) bench.peers');
  await admin.unsafe('vacuum (analyze) adit.addresses');
  return { bits, used, free: devices - used, lastPosition };
}

/** Every claimed address has its one row and no other claim has it; `leased` too, for those who keep that table. */
export async function checkClaims(
  admin: postgres.Sql,
  pool: ClaimPool,
  claimed: readonly number[],
  keepsAddresses: boolean,
): Promise<void> {
  check(new Set(claimed).size === claimed.length, 'an address was given twice');
  const rows = await admin<{ position: number }[]>`
    select position from bench.peers where account = 1 order by position`;
  const inOrder = claimed.toSorted((a, b) => a - b);
  check(
    Bun.deepEquals(
      rows.map((row) => row.position),
      inOrder,
    ),
    'the rows are not what was answered',
  );
  const [taken] = await admin<{ count: number }[]>`
    select count(*)::int from bench.peers where account = ${EARLIER} and position = any(${inOrder})`;
  check(taken?.count === 0, 'an address in use was given again');
  check(
    inOrder.every((position) => position >= 2 && position <= pool.lastPosition),
    'outside the pool',
  );
  if (!keepsAddresses) return;
  const [leased] = await admin<{ count: number }[]>`
    select count(*)::int from adit.addresses where state = 'leased' and position = any(${claimed as number[]})`;
  const [free] = await admin<
    { count: number }[]
  >`select count(*)::int from adit.addresses where state = 'free'`;
  check(leased?.count === claimed.length, 'a claimed address is not leased');
  check(free?.count === pool.free - claimed.length, 'the number of free addresses is wrong');
}

/** Puts the pool back, and sweeps what died so that the next contender does not pay for this one. */
export async function giveBack(admin: postgres.Sql, claimed: readonly number[]): Promise<void> {
  if (claimed.length === 0) return;
  const positions = claimed as number[];
  await admin`delete from bench.peers where position = any(${positions})`;
  await admin`update adit.addresses set state = 'free' where state = 'leased' and position = any(${positions})`;
  await admin.unsafe('vacuum bench.peers');
  await admin.unsafe('vacuum adit.addresses');
}
