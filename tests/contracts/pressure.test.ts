import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { openPostgresRig, type PostgresRig } from '../support/postgres-rig.ts';
import { NODE, profileOf } from '../support/store-rig.ts';

/** Times of single claims, each rolled back so that the pool stays as it is. Milliseconds. */
async function claimTimes(rig: PostgresRig, rounds: number): Promise<readonly number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await rig.store
      .transaction(async (tx) => {
        const start = performance.now();
        const claimed = await tx.claimAddresses(NODE, 1);
        times.push(performance.now() - start);
        expect(claimed).toHaveLength(1);
        throw new Error('rolled back');
      })
      .catch(() => undefined);
  }
  return times.sort((a, b) => a - b);
}

const median = (sorted: readonly number[]) => sorted[Math.floor(sorted.length / 2)]!;

/** Leases all but `free` addresses, as 65,000 users would have. */
async function fill(rig: PostgresRig, free: number): Promise<void> {
  await rig.admin`
    update adit.addresses set state = 'leased'
     where state = 'free' and (pool_id, position) not in (
       select pool_id, position from adit.addresses where state = 'free' order by random() limit ${free})`;
}

describe('A6: a claim costs the same in an empty, a nearly full and a very large pool', () => {
  let small: PostgresRig;
  let large: PostgresRig;
  beforeAll(async () => {
    small = await openPostgresRig([{ cidr4: '10.66.0.0/24', cidr6: 'fd00:66::/64' }]);
    large = await openPostgresRig([{ cidr4: '10.66.0.0/16', cidr6: 'fd00:66::/64' }]);
  }, 60_000);
  afterAll(async () => {
    await small.close();
    await large.close();
  });

  test('a /24, a /16 with 65,533 free, and the same /16 with 20 free', async () => {
    const empty = median(await claimTimes(small, 60));
    expect(median(await claimTimes(large, 60))).toBeLessThan(5 * empty + 2);
    await fill(large, 20);
    const full = await claimTimes(large, 60);
    expect(median(full)).toBeLessThan(5 * empty + 2);
  });
});

describe('A5, A7: several processes and the last addresses', () => {
  test('six batches that want more than there is never wait for each other in a circle', async () => {
    const rig = await openPostgresRig([{ cidr4: '10.66.0.0/24', cidr6: 'fd00:66::/64' }]);
    for (let round = 0; round < 10; round += 1) {
      const claims = Array.from({ length: 6 }, () =>
        rig.store.transaction((tx) => tx.claimAddresses(NODE, 64)),
      );
      const places = (await Promise.all(claims)).flat().map((each) => each.position);
      expect(new Set(places).size).toBe(253);
      expect(places).toHaveLength(253);
      await rig.admin`update adit.addresses set state = 'free'`;
    }
    expect(await rig.deadlocks()).toBe(0);
    await rig.close();
  }, 60_000);
});

describe('A7: two processes with the same users', () => {
  test('batches that open the same accounts in opposite orders never wait in a circle', async () => {
    const rig = await openPostgresRig([]);
    const forth = Array.from({ length: 200 }, (_, index) => profileOf(index + 1));
    for (let round = 0; round < 10; round += 1) {
      const opened = await Promise.all(
        [forth, forth.toReversed(), forth, forth.toReversed()].map((profiles) =>
          rig.store.transaction((tx) => tx.openAccounts(profiles)),
        ),
      );
      expect(opened.map((each) => each.size)).toEqual([200, 200, 200, 200]);
    }
    expect(await rig.deadlocks()).toBe(0);
    await rig.close();
  }, 60_000);
});
