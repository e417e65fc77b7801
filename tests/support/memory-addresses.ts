import { deviceAddress, planAddresses } from '../../src/server/core/address-plan.ts';
import { containsNetwork, formatAddress, parseCidr } from '../../src/server/core/cidr.ts';
import type { NodeId, PoolId } from '../../src/server/core/ids.ts';
import type { LeasedAddress, PoolSpec } from '../../src/server/core/ports/store.ts';
import type { AdoptionRefusal } from '../../src/server/core/strangers.ts';
import {
  type AddressRow,
  type MemoryDatabase,
  type PeerRow,
  type PoolRow,
  refuseDuplicate,
  type Tables,
} from './memory-database.ts';

const keyOf = (pool: PoolId, position: number) => `${pool}:${position}`;

/** Adds a pool with its free addresses; one that is there already may get its IPv6 range, an overlap is a conflict. */
export function addPool(tables: Tables, nodeId: NodeId, spec: PoolSpec): void {
  const pools = [...tables.pools.values()];
  const present = pools.find((each) => each.cidr4 === spec.cidr4);
  if (present) {
    tables.pools.set(present.id, { ...present, cidr6: present.cidr6 ?? spec.cidr6 });
    return;
  }
  refuseDuplicate(
    pools.some((each) => overlaps(each.cidr4, spec.cidr4)),
    'pools_cidr4_overlap',
  );
  refuseDuplicate(
    pools.some((each) => each.cidr6 !== null && spec.cidr6 !== null && overlaps(each.cidr6, spec.cidr6)),
    'pools_cidr6_overlap',
  );
  const id = (tables.pools.size + 1) as PoolId;
  tables.pools.set(id, { id, nodeId, ...spec });
  const plan = planAddresses(spec.cidr4);
  for (let position = plan.firstDeviceOffset; position <= plan.lastDeviceOffset; position += 1) {
    tables.addresses.set(keyOf(id, position), { poolId: id, position, state: 'free', restingSince: null });
  }
}

function overlaps(a: string, b: string): boolean {
  return containsNetwork(parseCidr(a), parseCidr(b)) || containsNetwork(parseCidr(b), parseCidr(a));
}

/** Free ones from a random point on and round; then those that rested longest. Pool by pool. */
export function claimAddresses(
  database: MemoryDatabase,
  tables: Tables,
  node: NodeId,
  count: number,
): readonly LeasedAddress[] {
  const leased: LeasedAddress[] = [];
  for (const pool of [...tables.pools.values()].filter((each) => each.nodeId === node)) {
    for (const position of available(database, tables, pool).slice(0, count - leased.length)) {
      tables.addresses.set(keyOf(pool.id, position), {
        poolId: pool.id,
        position,
        state: 'leased',
        restingSince: null,
      });
      leased.push({ poolId: pool.id, position, ...addressesAt(pool, position) });
    }
  }
  return leased;
}

function available(database: MemoryDatabase, tables: Tables, pool: PoolRow): readonly number[] {
  const own = [...tables.addresses.values()].filter((each) => each.poolId === pool.id);
  const free = own.filter((each) => each.state === 'free').map((each) => each.position);
  const resting = own
    .filter((each) => each.state === 'resting')
    .sort((a, b) => a.restingSince!.getTime() - b.restingSince!.getTime());
  const start = database.random.integer(own.length);
  const ahead = free.filter((position) => position >= start);
  const behind = free.filter((position) => position < start);
  return [...ahead, ...behind, ...resting.map((each) => each.position)];
}

function addressesAt(pool: PoolRow, position: number) {
  const at = (cidr: string) => formatAddress(deviceAddress(planAddresses(cidr), position));
  return { ip4: at(pool.cidr4), ip6: pool.cidr6 === null ? null : at(pool.cidr6) };
}

/** A revoked peer's address rests before somebody else gets it. */
export function release(tables: Tables, { poolId, position }: PeerRow, now: Date): void {
  if (poolId === null || position === null) return;
  tables.addresses.set(keyOf(poolId, position), { poolId, position, state: 'resting', restingSince: now });
}

/** Addresses that rested long enough become free. Returns how many. */
export function wakeResting(tables: Tables, restedBefore: Date): number {
  const rested = [...tables.addresses].filter(
    ([, each]) => each.state === 'resting' && each.restingSince! < restedBefore,
  );
  for (const [key, each] of rested) tables.addresses.set(key, { ...each, state: 'free', restingSince: null });
  return rested.length;
}

/** What stands in the way of somebody's allowed-ip: nothing (null), the address that is to be leased, or why it cannot be. */
export function addressOwner(
  tables: Tables,
  node: NodeId,
  allowed: string,
): AddressRow | AdoptionRefusal | null {
  const pools = [...tables.pools.values()].filter((each) => each.nodeId === node);
  const inside = pools.find(({ cidr4, cidr6 }) =>
    [cidr4, ...(cidr6 === null ? [] : [cidr6])].some(
      (cidr) => sameFamily(cidr, allowed) && overlaps(cidr, allowed),
    ),
  );
  if (!inside) return null;
  if (!/\/(32|128)$/.test(allowed)) return 'network-overlaps';
  const address = allowed.slice(0, allowed.indexOf('/'));
  const row = [...tables.addresses.values()].find((each) => {
    const { ip4, ip6 } = addressesAt(inside, each.position);
    return each.poolId === inside.id && (ip4 === address || ip6 === address);
  });
  if (!row) return address.includes(':') ? null : 'address-reserved';
  return row.state === 'leased' ? 'address-taken' : row;
}

const sameFamily = (one: string, other: string) => one.includes(':') === other.includes(':');

export function leaseAddress(tables: Tables, row: AddressRow | AdoptionRefusal | null): void {
  if (row === null || typeof row === 'string') return;
  tables.addresses.set(keyOf(row.poolId, row.position), { ...row, state: 'leased', restingSince: null });
}
