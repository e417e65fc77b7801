import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { updateId } from '../../src/server/core/ids.ts';
import type { ReconcileRun } from '../../src/server/core/ports/store.ts';
import {
  codeOf,
  DAY_MS,
  FIRST_START_MS,
  keyOf,
  later,
  makeDevice,
  NODE,
  type OpenRig,
  POOL,
  type StoreRig,
  UNKNOWN_NODE,
} from '../support/store-rig.ts';

const node = (rig: StoreRig, ...pools: (typeof POOL)[]) =>
  rig.nodes.register({ id: NODE, publicKey: keyOf(0), endpoint: '192.0.2.1:51820', pools });

/** What every store of nodes, and every inbox, promises. */
export function nodeStoreContract(name: string, open: OpenRig): void {
  describe(`${name}: nodes and their pools`, () => {
    let rig: StoreRig;
    beforeEach(async () => {
      rig = await open([POOL]);
    }, FIRST_START_MS);
    afterEach(() => rig.close());

    test('F-A7: a pool holds every address but the network, the server and the broadcast', async () => {
      expect(await rig.nodes.usage()).toEqual([{ pool: POOL.cidr4, free: 253, leased: 0, resting: 0 }]);
    });

    test('registering again changes nothing; another pool lets the node grow', async () => {
      const made = await makeDevice(rig);
      await node(rig, POOL);
      expect(await rig.nodes.usage()).toEqual([{ pool: POOL.cidr4, free: 252, leased: 1, resting: 0 }]);
      await node(rig, POOL, { cidr4: '10.67.0.0/30', cidr6: 'fd00:67::/64' });
      expect((await rig.nodes.usage()).map((each) => [each.pool, each.free])).toEqual([
        [POOL.cidr4, 252],
        ['10.67.0.0/30', 1],
      ]);
      expect(made.address.ip4).toStartWith('10.66.0.');
    });

    test('F-A7: a pool that is left out is a conflict, as its devices would be cut off in silence', async () => {
      expect(await codeOf(node(rig, { cidr4: '10.70.0.0/24', cidr6: null }))).toBe('conflict');
      expect(await rig.nodes.usage()).toHaveLength(1);
    });

    test('an IPv6 range given later is for the devices that come later', async () => {
      const older = { cidr4: '10.71.0.0/29', cidr6: null };
      await node(rig, POOL, older);
      await node(rig, POOL, { ...older, cidr6: 'fd00:71::/64' });
      const leased = await rig.store.transaction((tx) => tx.claimAddresses(NODE, 253 + 5));
      expect(leased.filter((each) => each.ip4.startsWith('10.71.') && each.ip6 === null)).toHaveLength(0);
      expect(leased.some((each) => each.ip6?.startsWith('fd00:71::'))).toBe(true);
    });

    test('A6: a pool larger than one statement writes is whole, and registering it again changes nothing', async () => {
      const big = { cidr4: '10.80.0.0/15', cidr6: null };
      await node(rig, POOL, big);
      await node(rig, POOL, big);
      const found = (await rig.nodes.usage()).find((each) => each.pool === big.cidr4);
      expect(found?.free).toBe(2 ** 17 - 3);
    });

    test('F-A7: pools that overlap are a conflict, and nothing of the second is kept', async () => {
      const inside = { cidr4: '10.66.0.128/25', cidr6: null };
      const around = { cidr4: '10.66.0.0/16', cidr6: null };
      const sameSix = { cidr4: '10.70.0.0/24', cidr6: POOL.cidr6 };
      for (const pool of [inside, around, sameSix])
        expect(await codeOf(node(rig, POOL, pool))).toBe('conflict');
      expect(await rig.nodes.usage()).toHaveLength(1);
    });

    test('each take-over has a higher number; a node nobody knows is not found', async () => {
      const epochs = await Promise.all(Array.from({ length: 8 }, () => rig.nodes.nextEpoch(NODE)));
      expect(new Set(epochs).size).toBe(8);
      await node(rig, POOL);
      expect(await rig.nodes.nextEpoch(NODE)).toBe(Math.max(...epochs) + 1);
      expect(await codeOf(rig.nodes.nextEpoch(UNKNOWN_NODE))).toBe('not_found');
    });

    test('addresses rest until they are woken, not before their time', async () => {
      const { device } = await makeDevice(rig);
      await rig.store.transaction((tx) => tx.revokeDevice(device, rig.now()));
      expect(await rig.nodes.wakeResting(later(rig, -1000))).toBe(0);
      expect((await rig.nodes.usage())[0]).toMatchObject({ free: 252, resting: 1 });
      expect(await rig.nodes.wakeResting(later(rig, 1000))).toBe(1);
      expect((await rig.nodes.usage())[0]).toMatchObject({ free: 253, resting: 0 });
    });

    test('runs are kept and forgotten by age', async () => {
      const run: ReconcileRun = {
        nodeId: NODE,
        startedAt: rig.now(),
        finishedAt: rig.now(),
        outcome: 'failed',
        added: 0,
        removed: 1,
        changed: 2,
        quarantined: 3,
        refused: 4,
        error: 'wg said: \u2028 "no"',
        dryRun: false,
        diff: { lines: [{ kind: 'added', key: keyOf(1), what: '10.66.0.2/32' }], more: 3 },
      };
      await rig.nodes.saveRun(run);
      await rig.nodes.saveRun({ ...run, error: null, outcome: 'equal' });
      expect(await rig.nodes.forgetRuns(later(rig, -DAY_MS))).toBe(0);
      expect(await rig.nodes.forgetRuns(later(rig, DAY_MS))).toBe(2);
    });
  });

  describe(`${name}: the inbox`, () => {
    let rig: StoreRig;
    beforeEach(async () => {
      rig = await open([POOL]);
    }, FIRST_START_MS);
    afterEach(() => rig.close());
    const update = (id: number, payload: unknown = { update_id: id }) => ({ id: updateId(id), payload });

    test('A9, F-G3: what is known is a repeat, in one call, in many at once, and after it was handled', async () => {
      expect([...(await rig.inbox.accept([update(1), update(2), update(1)]))]).toEqual([1, 2] as never);
      expect([...(await rig.inbox.accept([update(2), update(3)]))]).toEqual([3] as never);
      const burst = await Promise.all(Array.from({ length: 20 }, () => rig.inbox.accept([update(4)])));
      expect(burst.filter((each) => each.size === 1)).toHaveLength(1);
      await rig.inbox.settle(updateId(4));
      expect((await rig.inbox.accept([update(4)])).size).toBe(0);
      expect((await rig.inbox.accept([])).size).toBe(0);
    });

    test('what was accepted and not handled waits, oldest first, as Telegram sent it', async () => {
      const payload = {
        update_id: 5,
        message: { text: 'ünïcode 🦊', from: { id: 2 ** 51 }, list: [null, 1.5] },
      };
      await rig.inbox.accept([update(9), update(5, payload), update(7)]);
      await rig.inbox.settle(updateId(7));
      await rig.inbox.settle(updateId(7));
      await rig.inbox.settle(updateId(12_345));
      expect(await rig.inbox.unsettled(10)).toEqual([update(5, payload), update(9)]);
      expect(await rig.inbox.unsettled(1)).toHaveLength(1);
    });

    test('F-S1, F-G7: a text no database can hold does not stop the updates beside it', async () => {
      const hostile = { update_id: 2, message: { text: 'nul \u0000, half \ud83d, literal \\u0000' } };
      const fresh = await rig.inbox.accept([update(1), update(2, hostile), update(3)]);
      expect(fresh.size).toBe(3);
      const kept = (await rig.inbox.unsettled(10))[1]?.payload as typeof hostile;
      expect(kept.message.text).toContain('literal \\u0000');
    });

    test('only handled updates are forgotten', async () => {
      await rig.inbox.accept([update(1), update(2)]);
      await rig.inbox.settle(updateId(1));
      expect(await rig.inbox.forget(later(rig, -DAY_MS))).toBe(0);
      expect(await rig.inbox.forget(later(rig, DAY_MS))).toBe(1);
      expect((await rig.inbox.unsettled(10)).map((each) => each.id)).toEqual([updateId(2)]);
    });

    test('F-D13: more updates than one page are forgotten at once; one never handled stays', async () => {
      const ids = Array.from({ length: 11_000 }, (_, index) => updateId(index + 1));
      await rig.inbox.accept(ids.map((id) => ({ id, payload: {} })));
      await Promise.all(ids.slice(1).map((id) => rig.inbox.settle(id)));
      expect(await rig.inbox.forget(later(rig, DAY_MS))).toBe(10_999);
      expect((await rig.inbox.unsettled(10)).map((each) => each.id)).toEqual([updateId(1)]);
    });
  });
}
