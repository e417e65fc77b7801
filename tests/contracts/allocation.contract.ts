import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import type { AccessTransaction } from '../../src/server/core/ports/store.ts';
import {
  codeOf,
  FIRST_START_MS,
  later,
  NODE,
  newDevice,
  type OpenRig,
  profileOf,
  type StoreRig,
  UNKNOWN_NODE,
  unique,
} from '../support/store-rig.ts';

const TWO_POOLS = [
  { cidr4: '10.66.0.0/28', cidr6: 'fd00:66::/64' },
  { cidr4: '10.67.0.0/28', cidr6: 'fd00:67::/64' },
];
/** 16 addresses each, less network, server and broadcast. */
const ROOM = 26;

/** Takes up to `count` addresses for a new account's devices. Returns the addresses. */
async function take(rig: StoreRig, tx: AccessTransaction, count: number): Promise<readonly string[]> {
  const account = unique();
  await tx.openAccounts([profileOf(account)]);
  const addresses = await tx.claimAddresses(NODE, count);
  const devices = addresses.map((address) => newDevice(rig, account, address).device);
  await tx.add({ subscriptions: [], devices, issues: [] }, rig.now());
  return addresses.map((each) => `${each.ip4} ${each.ip6}`);
}

const takeAlone = (rig: StoreRig, count: number) => rig.store.transaction((tx) => take(rig, tx, count));

async function leased(rig: StoreRig): Promise<number> {
  return (await rig.nodes.usage()).reduce((sum, each) => sum + each.leased, 0);
}

/** What every way of giving out addresses promises. */
export function allocationContract(name: string, open: OpenRig): void {
  describe(`${name}: addresses`, () => {
    let rig: StoreRig;
    beforeEach(async () => {
      rig = await open(TWO_POOLS);
    }, FIRST_START_MS);
    afterEach(() => rig.close());

    test('F-A7: never the network, the server or the broadcast; IPv6 follows from the IPv4 offset', async () => {
      const addresses = await takeAlone(rig, 100);
      const expected = ['66', '67'].flatMap((net) =>
        Array.from({ length: 13 }, (_, index) => {
          const offset = index + 2;
          return `10.${net}.0.${offset} fd00:${net}::${offset.toString(16)}`;
        }),
      );
      expect([...addresses].sort()).toEqual(expected.sort());
      expect(await takeAlone(rig, 1)).toEqual([]);
    });

    test('A node without pools has no addresses', async () => {
      expect(await rig.store.transaction((tx) => tx.claimAddresses(UNKNOWN_NODE, 3))).toEqual([]);
    });

    test('A5, F-A1: 32 claimers at once over two pools: no address twice, and full only when it is', async () => {
      const taken = await Promise.all(Array.from({ length: 32 }, () => takeAlone(rig, 1)));
      expect(taken.flat()).toHaveLength(ROOM);
      expect(new Set(taken.flat()).size).toBe(ROOM);
      expect(await leased(rig)).toBe(ROOM);
    });

    test('A5: batches of claimers that want more than there is share exactly what there is', async () => {
      const taken = await Promise.all([takeAlone(rig, 18), takeAlone(rig, 18), takeAlone(rig, 18)]);
      expect(taken.flat()).toHaveLength(ROOM);
      expect(new Set(taken.flat()).size).toBe(ROOM);
    });

    test('A6: "full" waits for those who may still roll back', async () => {
      for (let round = 0; round < 5; round += 1) {
        const holds = Promise.withResolvers<void>();
        const letGo = Promise.withResolvers<void>();
        const holder = rig.store.transaction(async (tx) => {
          await take(rig, tx, ROOM);
          holds.resolve();
          await letGo.promise;
          throw new Error('rolled back');
        });
        holder.catch(() => undefined);
        await holds.promise;
        const waiting = takeAlone(rig, 2);
        if (rig.someoneWaits) await rig.someoneWaits();
        letGo.resolve();
        await expect(holder).rejects.toThrow('rolled back');
        expect(await waiting).toHaveLength(2);
        expect(await leased(rig)).toBe(2 * (round + 1));
      }
    });

    test('A7: claims that roll back beside claims that commit leave exactly the committed ones', async () => {
      const claims = Array.from({ length: 40 }, (_, index) =>
        rig.store
          .transaction(async (tx) => {
            const taken = await take(rig, tx, 1);
            if (index % 2 === 1) throw new Error('rolled back');
            return taken;
          })
          .catch(() => []),
      );
      const taken = (await Promise.all(claims)).flat();
      expect(taken).toHaveLength(20);
      expect(new Set(taken).size).toBe(20);
      expect(await leased(rig)).toBe(20);
    });

    test('F-A4: rested addresses are the last resort, those that rested longest first', async () => {
      await takeAlone(rig, ROOM - 2);
      const account = unique();
      const [first, second] = await rig.store.transaction(async (tx) => {
        await tx.openAccounts([profileOf(account)]);
        const addresses = await tx.claimAddresses(NODE, 2);
        const parts = addresses.map((address) => newDevice(rig, account, address));
        const devices = parts.map((each) => each.device);
        await tx.add({ subscriptions: [], devices, issues: [] }, rig.now());
        return devices;
      });
      await rig.store.transaction((tx) => tx.revokeDevice(second!.id, later(rig, -1000)));
      await rig.store.transaction((tx) => tx.revokeDevice(first!.id, rig.now()));
      const [address] = await rig.store.transaction((tx) => tx.claimAddresses(NODE, 1));
      expect(address?.ip4).toBe(second!.address.ip4);
      expect(await leased(rig)).toBe(ROOM - 1);
    });

    test('F-A4: an address that was given back can be held by a new peer', async () => {
      await takeAlone(rig, ROOM - 1);
      for (let round = 0; round < 3; round += 1) {
        const account = unique();
        const device = await rig.store.transaction(async (tx) => {
          await tx.openAccounts([profileOf(account)]);
          const [address] = await tx.claimAddresses(NODE, 1);
          const { device } = newDevice(rig, account, address!);
          await tx.add({ subscriptions: [], devices: [device], issues: [] }, rig.now());
          return device;
        });
        expect(await codeOf(takeAlone(rig, 1).then(refuseNone))).toBe('exhausted');
        await rig.store.transaction((tx) => tx.revokeDevice(device.id, rig.now()));
      }
    });
  });
}

function refuseNone(taken: readonly string[]): void {
  if (taken.length === 0) throw Object.assign(new Error('full'), { code: 'exhausted' });
}
