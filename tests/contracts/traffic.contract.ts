import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { accountId, type PeerId } from '../../src/server/core/ids.ts';
import type { TrafficStep } from '../../src/server/core/ports/traffic.ts';
import { tellJob } from '../../src/server/core/tell-job.ts';
import { countTraffic, type TrafficCounter } from '../../src/server/core/traffic.ts';
import {
  codeOf,
  DAY_MS,
  FIRST_START_MS,
  giveKey,
  later,
  type MadeDevice,
  makeDevice,
  NODE,
  newSubscription,
  type OpenRig,
  POOL,
  type StoreRig,
  targetOf,
  unique,
} from '../support/store-rig.ts';

const NOTHING = { subscriptions: [], devices: [], issues: [] };
const SOURCE = { node: NODE, protocol: 'wireguard' } as const;
const SEEN = new Date('2026-03-01T12:00:00.000Z');

/** What every store of counters promises, and the ends of access that follow from them. */
export function trafficContract(name: string, open: OpenRig): void {
  describe(`${name}: traffic that was counted`, () => {
    let rig: StoreRig;
    let epoch: number;
    beforeEach(async () => {
      rig = await open([POOL]);
      epoch = await rig.nodes.nextEpoch(NODE);
    }, FIRST_START_MS);
    afterEach(() => rig.close());

    const holder = () => ({ id: NODE, epoch });
    const record = (...steps: TrafficStep[]) => rig.counters.record(holder(), steps, rig.now());
    const usedOf = async (made: MadeDevice) =>
      (await rig.store.view(made.account))!.subscriptions.map((each) => each.usedBytes);

    async function limited(bytes: number): Promise<MadeDevice> {
      const made = await makeDevice(rig, unique());
      const owner = made.account;
      const subscriptions = [newSubscription(rig, owner, later(rig, DAY_MS), 'trial', bytes)];
      await rig.store.transaction((tx) => tx.add({ ...NOTHING, subscriptions }, rig.now()));
      return made;
    }

    test('a peer is known by its key, with nothing counted at first; a stranger is not known', async () => {
      const made = await makeDevice(rig);
      const key = await giveKey(rig, made.peer);
      expect(await rig.counters.known(SOURCE, [key, 'stranger'])).toEqual([
        { key, peerId: made.peer, counter: null },
      ]);
      expect(await rig.counters.known({ ...SOURCE, protocol: 'vless' }, ['not a uuid', made.peer])).toEqual([
        { key: made.peer, peerId: made.peer, counter: null },
      ]);
    });

    test('a step is read back as it was written, with every digit of a large number', async () => {
      const made = await makeDevice(rig);
      const key = await giveKey(rig, made.peer);
      epoch = await rig.nodes.nextEpoch(NODE);
      const step = stepOf(made.peer, null, 9_007_199_254_740_000, 7, SEEN);
      expect(await record(step)).toBe(1);
      expect((await rig.counters.known(SOURCE, [key]))[0]?.counter).toEqual(step.next);
      expect((await rig.store.view(made.account))!.devices[0]!.traffic).toEqual(step.next);
    });

    test('"counters doubled": the same reading applied again adds nothing, neither to the peer nor to the subscription', async () => {
      const made = await makeDevice(rig, undefined, later(rig, DAY_MS));
      const first = stepOf(made.peer, null, 100, 10);
      const second = stepOf(made.peer, first.next, 150, 10);
      for (const step of [first, second]) {
        expect(await record(step)).toBe(1);
        expect(await record(step)).toBe(0);
      }
      expect(await record(first)).toBe(0);
      expect(await usedOf(made)).toEqual([160]);
    });

    test('a process that lost the node counts nothing any more', async () => {
      const made = await makeDevice(rig);
      await rig.nodes.nextEpoch(NODE);
      expect(await codeOf(record(stepOf(made.peer, null, 100, 0)))).toBe('conflict');
      expect((await rig.store.view(made.account))!.devices[0]!.traffic).toBeNull();
    });

    test('bytes of all devices go to the running subscription that ends last; without one to the peers alone', async () => {
      const account = unique();
      const one = await makeDevice(rig, account, later(rig, DAY_MS));
      const other = await makeDevice(rig, account);
      const month = newSubscription(rig, account, later(rig, 30 * DAY_MS), 'month');
      await rig.store.transaction((tx) => tx.add({ ...NOTHING, subscriptions: [month] }, rig.now()));
      const alone = await makeDevice(rig);
      expect(
        await record(
          stepOf(one.peer, null, 100, 1),
          stepOf(other.peer, null, 200, 2),
          stepOf(alone.peer, null, 400, 4),
        ),
      ).toBe(3);
      const { subscriptions } = (await rig.store.view(accountId(account)))!;
      expect(subscriptions.find((each) => each.plan === 'month')?.usedBytes).toBe(303);
      expect(subscriptions.find((each) => each.plan === 'trial')?.usedBytes).toBe(0);
      expect((await rig.store.view(alone.account))!.devices[0]!.traffic).toMatchObject({ received: 400 });
    });

    test('a limit is carried out once it is reached, not a byte before; its user is told once', async () => {
      const made = await limited(1000);
      expect(await rig.counters.anyLimit(rig.now())).toBe(true);
      const before = stepOf(made.peer, null, 999, 0);
      await record(before);
      expect(await rig.store.endLimited(rig.now(), 10)).toBe(0);
      await record(stepOf(made.peer, before.next, 999, 1));
      expect(await rig.store.endLimited(rig.now(), 10)).toBe(1);
      expect((await targetOf(rig, made.peer)).wanted).toBe(false);
      const [subscription] = (await rig.store.view(made.account))!.subscriptions;
      expect(subscription).toMatchObject({ limited: true, usedBytes: 1000 });
      expect(await rig.jobs()).toEqual([
        { kind: 'apply-peer', data: { peerId: made.peer } },
        tellJob(subscription!.id),
      ]);
      expect(await rig.store.ending(subscription!.id, rig.now())).toMatchObject({ ending: 'limited' });
      expect(await rig.store.endLimited(rig.now(), 10)).toBe(0);
      expect(await rig.counters.anyLimit(rig.now())).toBe(false);
      // Its time ends too: that is no news to anybody.
      expect(await rig.store.expire(later(rig, 2 * DAY_MS), 10)).toBe(1);
      expect(await rig.jobs()).toHaveLength(2);
    });

    test('another subscription with traffic left keeps the devices, and nobody is told', async () => {
      const made = await limited(10);
      await record(stepOf(made.peer, null, 11, 0));
      const month = newSubscription(rig, made.account, later(rig, 30 * DAY_MS), 'month');
      await rig.store.transaction((tx) => tx.add({ ...NOTHING, subscriptions: [month] }, rig.now()));
      expect(await rig.store.endLimited(rig.now(), 10)).toBe(1);
      expect((await targetOf(rig, made.peer)).wanted).toBe(true);
      expect(await rig.jobs()).toEqual([]);
    });

    test('F-J12: ends that came before their time are taken back: devices that are on come back, paused ones do not', async () => {
      const account = unique();
      const on = await makeDevice(rig, account, later(rig, DAY_MS));
      const off = await makeDevice(rig, account);
      await rig.store.transaction((tx) => tx.pauseDevice(off.device));
      const [subscription] = (await rig.store.view(on.account))!.subscriptions;
      expect(await rig.store.expire(later(rig, 2 * DAY_MS), 10)).toBe(1);
      expect(await rig.store.ending(subscription!.id, later(rig, 2 * DAY_MS))).toMatchObject({
        ending: 'expired',
        accountId: on.account,
      });
      expect(await rig.store.revive(later(rig, 2 * DAY_MS), 10)).toBe(0);
      expect(await rig.store.revive(rig.now(), 10)).toBe(1);
      expect((await targetOf(rig, on.peer)).wanted).toBe(true);
      expect((await targetOf(rig, off.peer)).wanted).toBe(false);
      expect(await rig.store.ending(subscription!.id, rig.now())).toBeNull();
      expect(await rig.store.revive(rig.now(), 10)).toBe(0);
      expect((await rig.jobs()).map((each) => each.kind)).toEqual([
        'apply-peer',
        'tell-ending',
        'apply-peer',
      ]);
      // And at their time they end in earnest.
      expect(await rig.store.expire(later(rig, 2 * DAY_MS), 10)).toBe(1);
    });

    test('whoever blocked the bot is not told', async () => {
      const made = await makeDevice(rig, undefined, later(rig, DAY_MS));
      const [subscription] = (await rig.store.view(made.account))!.subscriptions;
      await rig.store.expire(later(rig, 2 * DAY_MS), 10);
      await rig.store.markBlocked(made.account, true);
      expect(await rig.store.ending(subscription!.id, later(rig, 2 * DAY_MS))).toBeNull();
    });
  });
}

function stepOf(
  peerId: PeerId,
  known: TrafficCounter | null,
  received: number,
  sent: number,
  handshakeAt: Date | null = null,
): TrafficStep {
  const { counter } = countTraffic(known, { boot: 'boot', received, sent, handshakeAt });
  return { peerId, known, next: counter };
}
