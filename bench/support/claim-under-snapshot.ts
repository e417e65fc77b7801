import type postgres from 'postgres';
import { nodeId } from '../../src/server/core/ids.ts';
import { type ClaimContender, headOrder, headOrderBatched, ours } from './claim-contenders.ts';
import { MEASURED } from './claim-pool.ts';
import type { ClaimSite } from './claim-site.ts';
import { inRounds } from './rounds.ts';
import { check } from './scoreboard.ts';

export interface SnapshotRun {
  /** Claims a second of each window, by contender. */
  readonly rates: ReadonlyMap<string, readonly number[]>;
  readonly deadRows: number;
}

export interface SnapshotOptions {
  readonly bits: number;
  readonly clients: number;
  readonly windows: number;
  readonly windowMs: number;
}

/** Slices of each contender in a window: short enough that all of them see the same minute. */
const SLICES = 3;

/**
 * Claims only, nothing given back, while another session holds a REPEATABLE READ snapshot: no index entry that
 * dies can be removed. Each contender has a pool of its own, or one would walk over what another left behind.
 */
export async function claimUnderSnapshot(
  { admin, database }: ClaimSite,
  options: SnapshotOptions,
): Promise<SnapshotRun> {
  const contenders = [ours(database, nodeId('pool1')), headOrder(database, 2), headOrderBatched(database, 3)];
  await threeFreePools(admin, options.bits);
  const given = new Map<string, number[]>(contenders.map((each) => [each.name, []]));
  const rates = await withSnapshot(admin, () => runWindows(contenders, options, given));
  for (const [index, each] of contenders.entries()) {
    await checkPool(admin, index + 1, options.bits, given.get(each.name) ?? []);
  }
  const [dead] = await admin<{ dead: number }[]>`
    select n_dead_tup::int as dead from pg_stat_user_tables where schemaname = 'adit' and relname = 'addresses'`;
  return { rates, deadRows: dead?.dead ?? 0 };
}

async function runWindows(
  contenders: readonly ClaimContender[],
  { clients, windows, windowMs }: SnapshotOptions,
  given: ReadonlyMap<string, number[]>,
) {
  const sliceMs = windowMs / SLICES / contenders.length;
  const slices = await inRounds(windows * SLICES, contenders, async (contender) => {
    const all = given.get(contender.name)!;
    const before = all.length;
    const startedAt = performance.now();
    const client = async () => {
      while (performance.now() - startedAt < sliceMs) {
        const position = await contender.claim();
        check(position !== null, `${contender.name} said full in a pool that is not`);
        all.push(position as number);
      }
    };
    await Promise.all(Array.from({ length: clients }, client));
    return { claims: all.length - before, ms: performance.now() - startedAt };
  });
  return new Map(
    [...slices].map(([name, parts]) => [
      name,
      Array.from({ length: windows }, (_, window) =>
        rateOf(parts.slice(window * SLICES, (window + 1) * SLICES)),
      ),
    ]),
  );
}

function rateOf(parts: readonly { readonly claims: number; readonly ms: number }[]): number {
  const sum = (of: 'claims' | 'ms') => parts.reduce((total, part) => total + part[of], 0);
  return sum('claims') / (sum('ms') / 1000);
}

/** The snapshot is there before the first claim and, checked, still there after the last. */
async function withSnapshot<T>(admin: postgres.Sql, work: () => Promise<T>): Promise<T> {
  return admin.begin('isolation level repeatable read', async (tx) => {
    const xmin = async () =>
      (await tx<{ xmin: string }[]>`select pg_snapshot_xmin(pg_current_snapshot())::text as xmin`)[0]?.xmin;
    const before = await xmin();
    const result = await work();
    check((await xmin()) === before, 'the snapshot was not held');
    return result;
  }) as Promise<T>;
}

async function threeFreePools(admin: postgres.Sql, bits: number): Promise<void> {
  await admin.unsafe('alter table bench.peers drop constraint peers_position_key');
  await admin.unsafe('truncate bench.peers, adit.addresses');
  await admin.unsafe('alter table bench.peers add unique (ip4)');
  await admin`delete from adit.pools`;
  for (const id of [1, 2, 3]) {
    const node = `pool${id}`;
    await admin`insert into adit.nodes (id, endpoint, public_key) values (${node}, 'bench:1', 'none')`;
    await admin`insert into adit.pools (id, node_id, cidr4) values (${id}, ${node}, ${`1${id}.0.0.0/${32 - bits}`}::cidr)`;
    await admin.begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      await tx`
        insert into adit.addresses (pool_id, position)
        select ${id}, position from generate_series(2, ${2 ** bits - 2}::int) as position`;
    });
  }
  await admin.unsafe('vacuum (analyze) adit.addresses');
  await admin.unsafe('checkpoint');
}

async function checkPool(
  admin: postgres.Sql,
  pool: number,
  bits: number,
  given: readonly number[],
): Promise<void> {
  check(new Set(given).size === given.length, 'an address was given twice');
  const [row] = await admin<{ peers: number; leased: number; free: number }[]>`
    select (select count(*)::int from bench.peers
             where account = ${MEASURED} and ip4 << (select cidr4 from adit.pools where id = ${pool})) as peers,
           (select count(*)::int from adit.addresses where pool_id = ${pool} and state = 'leased') as leased,
           (select count(*)::int from adit.addresses where pool_id = ${pool} and state = 'free') as free`;
  check(
    row?.peers === given.length && row.leased === given.length,
    `pool ${pool}: rows are not what was answered`,
  );
  check(row?.free === 2 ** bits - 3 - given.length, `pool ${pool}: the number of free addresses is wrong`);
}
