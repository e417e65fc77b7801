import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { peerId } from '../../src/server/core/ids.ts';
import { hashLine } from '../../src/server/core/line-hash.ts';
import { bucketOf, createDigest, differingBuckets, wantedLine } from '../../src/server/core/peer-digest.ts';
import type { Standing } from '../../src/server/core/ports/backend.ts';
import type { WantedPeer } from '../../src/server/core/ports/store.ts';
import {
  addDeviceIn,
  codeOf,
  DAY_MS,
  FIRST_START_MS,
  giveKey,
  keyOf,
  later,
  type MadeDevice,
  makeDevice,
  NODE,
  newDevice,
  type OpenRig,
  POOL,
  profileOf,
  type StoreRig,
  targetOf,
  UNKNOWN_NODE,
  unique,
  wantedKeys,
} from '../support/store-rig.ts';

const HOUR_MS = 3_600_000;

/** A second promise for the peer, and that one kept: the first will never be. */
async function reissue(rig: StoreRig, made: MadeDevice): Promise<void> {
  const { issue } = newDevice(rig, made.account, made.address);
  const second = { ...issue, deviceId: made.device, peerId: made.peer };
  await rig.store.transaction((tx) =>
    tx.add({ subscriptions: [], devices: [], issues: [second] }, later(rig, 5)),
  );
  await rig.peers.markDelivered(second.id, rig.now());
}

/** What every store of peers promises to the worker and the reconcile. */
export function peerStoreContract(name: string, open: OpenRig): void {
  describe(`${name}: peers`, () => {
    let rig: StoreRig;
    beforeEach(async () => {
      rig = await open([{ cidr4: '10.66.0.0/20', cidr6: POOL.cidr6 }]);
    }, FIRST_START_MS);
    afterEach(() => rig.close());

    test('a target says what is wanted, with the config that is due; unknown peers are left out', async () => {
      const ends = later(rig, DAY_MS);
      const made = await makeDevice(rig, undefined, ends);
      await rig.peers.saveLivingMessage(made.issue, 41);
      const targets = await rig.peers.targets([peerId(rig.uuid()), made.peer]);
      expect(targets).toEqual([
        {
          peerId: made.peer,
          generation: 1,
          wanted: true,
          publicKey: null,
          ip4: made.address.ip4,
          ip6: made.address.ip6,
          retiredKeys: [],
          issue: {
            id: made.issue,
            accountId: made.account,
            chatId: made.account as never,
            language: 'en',
            deviceId: made.device,
            deviceName: 'Device 1',
            until: ends,
            livingMessageId: 41,
            documentMessageId: null,
          },
        },
      ]);
      expect(await rig.peers.targets([])).toEqual([]);
    });

    test('a delivered config is not due any more; of several the newest is, and decides what "delivered" means', async () => {
      const { account, device, peer, issue, address } = await makeDevice(rig);
      const { issue: more } = newDevice(rig, account, address);
      const second = { ...more, deviceId: device, peerId: peer };
      await rig.store.transaction((tx) =>
        tx.add({ subscriptions: [], devices: [], issues: [second] }, later(rig, 5)),
      );
      expect((await targetOf(rig, peer)).issue?.id).toBe(second.id);
      await rig.peers.markDelivered(second.id, rig.now());
      expect((await targetOf(rig, peer)).issue).toBeNull();
      expect((await rig.store.view(account))?.devices[0]?.delivered).toBe(true);
      await rig.peers.markDelivered(issue, rig.now());
      await rig.peers.markDelivered(issue, rig.now());
      expect((await rig.store.view(account))?.devices[0]?.delivered).toBe(true);
    });

    test('clock jump: a config promised after the clock was set back an hour is due, though its time is the older one', async () => {
      const { account, device, peer, issue, address } = await makeDevice(rig);
      await rig.peers.markDelivered(issue, rig.now());
      const { issue: more } = newDevice(rig, account, address);
      const second = { ...more, deviceId: device, peerId: peer };
      await rig.store.transaction((tx) =>
        tx.add({ subscriptions: [], devices: [], issues: [second] }, later(rig, -HOUR_MS)),
      );
      expect((await targetOf(rig, peer)).issue?.id).toBe(second.id);
      expect((await rig.store.view(account))?.devices[0]?.delivered).toBe(false);
      await rig.peers.markDelivered(second.id, rig.now());
      expect((await targetOf(rig, peer)).issue).toBeNull();
      expect((await rig.store.view(account))?.devices[0]?.delivered).toBe(true);
    });

    test('notes about many issues at once all arrive, and one kind never wipes another', async () => {
      const made = await Promise.all(Array.from({ length: 20 }, () => makeDevice(rig)));
      await Promise.all(
        made.flatMap(({ issue }, index) => [
          rig.peers.saveLivingMessage(issue, 2 ** 40 + index),
          rig.peers.saveDocument(issue, 500 + index),
        ]),
      );
      const targets = await rig.peers.targets(made.map((each) => each.peer));
      const notes = new Map(targets.map((each) => [each.peerId, each.issue]));
      for (const [index, { peer }] of made.entries()) {
        expect(notes.get(peer)).toMatchObject({
          livingMessageId: 2 ** 40 + index,
          documentMessageId: 500 + index,
        });
      }
    });

    test('E7: a new key retires the old one, and the peer is not applied until it is read back', async () => {
      const { account, peer } = await makeDevice(rig);
      const old = await giveKey(rig, peer);
      await rig.peers.markApplied([{ peerId: peer, generation: 1 }], rig.now());
      expect((await rig.store.view(account))?.devices[0]?.peer.applied).toBe(true);
      const fresh = await giveKey(rig, peer);
      expect(await targetOf(rig, peer)).toMatchObject({
        publicKey: fresh,
        retiredKeys: [old],
        generation: 1,
      });
      expect((await rig.store.view(account))?.devices[0]?.peer.applied).toBe(false);
      await rig.peers.forgetRetired([old]);
      expect((await targetOf(rig, peer)).retiredKeys).toEqual([]);
      await rig.peers.markApplied([{ peerId: peer, generation: 1 }], rig.now());
      expect((await rig.store.view(account))?.devices[0]?.peer.applied).toBe(true);
    });

    test('F-A9: a key another peer has is refused, and none of the batch is written', async () => {
      const [a, b, c] = [await makeDevice(rig), await makeDevice(rig), await makeDevice(rig)];
      const taken = await giveKey(rig, a.peer);
      const epoch = await rig.nodes.nextEpoch(NODE);
      const keys = [
        { peerId: b.peer, publicKey: keyOf(unique()) },
        { peerId: c.peer, publicKey: taken },
      ];
      expect(await codeOf(rig.peers.assignKeys({ id: NODE, epoch }, keys))).toBe('conflict');
      const same = keyOf(unique());
      const twice = [b, c].map(({ peer }) => ({ peerId: peer, publicKey: same }));
      expect(await codeOf(rig.peers.assignKeys({ id: NODE, epoch }, twice))).toBe('conflict');
      expect((await targetOf(rig, b.peer)).publicKey).toBeNull();
      expect((await targetOf(rig, c.peer)).publicKey).toBeNull();
    });

    test('a holder whose node was taken over writes no key', async () => {
      const { peer } = await makeDevice(rig);
      const epoch = await rig.nodes.nextEpoch(NODE);
      await rig.nodes.nextEpoch(NODE);
      const late = rig.peers.assignKeys({ id: NODE, epoch }, [{ peerId: peer, publicKey: keyOf(unique()) }]);
      expect(await codeOf(late)).toBe('conflict');
      const nowhere = rig.peers.assignKeys({ id: UNKNOWN_NODE, epoch: 1 }, [
        { peerId: peer, publicKey: keyOf(unique()) },
      ]);
      expect(await codeOf(nowhere)).toBe('conflict');
      expect((await targetOf(rig, peer)).publicKey).toBeNull();
    });

    test('an older generation marks nothing, and never takes back a newer one', async () => {
      const { account, device, peer } = await makeDevice(rig);
      const applied = async () => (await rig.store.view(account))?.devices[0]?.peer.applied;
      await rig.store.transaction((tx) => tx.renewPeer(peer));
      await rig.peers.markApplied([{ peerId: peer, generation: 1 }], rig.now());
      expect(await applied()).toBe(false);
      await rig.peers.markApplied([{ peerId: peer, generation: 2 }], rig.now());
      await rig.peers.markApplied([{ peerId: peer, generation: 1 }], rig.now());
      expect(await applied()).toBe(true);
      await rig.store.transaction((tx) => tx.pauseDevice(device));
      expect(await applied()).toBe(false);
      await rig.peers.markApplied([], rig.now());
    });

    test('E5: all that is wanted comes in pages, each once: not the paused, revoked or keyless', async () => {
      const many = await rig.store.transaction(async (tx) => {
        const account = unique();
        await tx.openAccounts([profileOf(account)]);
        const addresses = await tx.claimAddresses(NODE, 1100);
        const devices = addresses.map((address) => newDevice(rig, account, address).device);
        await tx.add({ subscriptions: [], devices, issues: [] }, rig.now());
        return devices;
      });
      const epoch = await rig.nodes.nextEpoch(NODE);
      const keys = many.slice(3).map(({ peerId }) => ({ peerId, publicKey: keyOf(unique()) }));
      await rig.peers.assignKeys({ id: NODE, epoch }, keys);
      await rig.store.transaction((tx) => tx.pauseDevice(many[5]!.id));
      await rig.store.transaction((tx) => tx.revokeDevice(many[6]!.id, rig.now()));
      const gone = new Set([many[5]!.peerId, many[6]!.peerId]);
      const expected = keys.filter((each) => !gone.has(each.peerId)).map((each) => each.publicKey);
      expect([...(await wantedKeys(rig))].sort()).toEqual(expected.sort());
      const pages: number[] = [];
      for await (const page of rig.peers.wanted(NODE)) pages.push(page.length);
      expect(pages.length).toBeGreaterThan(1);
      for await (const page of rig.peers.wanted(UNKNOWN_NODE)) expect(page).toEqual([]);
    });

    test('a wanted peer carries its allowed-ips as WireGuard prints them', async () => {
      const { peer, address } = await makeDevice(rig);
      const publicKey = await giveKey(rig, peer);
      const pages = [];
      for await (const page of rig.peers.wanted(NODE)) pages.push(...page);
      const allowedIps = [`${address.ip4}/32`, `${address.ip6}/128`];
      expect(pages).toEqual([{ publicKey, allowedIps, applied: false }]);
    });

    test('B4: whose a key is: wanted, to be removed by a job, or gone and not to come back; never a word about a stranger', async () => {
      const [live, paused, revoked] = [await makeDevice(rig), await makeDevice(rig), await makeDevice(rig)];
      const retired = await giveKey(rig, live.peer);
      const current = await giveKey(rig, live.peer);
      const off = await giveKey(rig, paused.peer);
      const dead = await giveKey(rig, revoked.peer);
      await rig.store.transaction((tx) => tx.pauseDevice(paused.device));
      await rig.store.transaction((tx) => tx.revokeDevice(revoked.device, rig.now()));
      const asked = [retired, current, off, dead, keyOf(unique())];
      const standing = async () => Object.fromEntries(await rig.peers.standing(NODE, asked));
      const onItsWay: Record<string, Standing> = {
        [retired]: 'underway',
        [current]: 'wanted',
        [off]: 'underway',
        [dead]: 'underway',
      };
      expect(await standing()).toEqual(onItsWay);
      await rig.peers.forgetRetired([retired]);
      const done = [paused, revoked].map(({ peer }) => ({ peerId: peer, generation: 2 }));
      await rig.peers.markApplied(done, rig.now());
      expect(await standing()).toEqual({
        [retired]: 'unwanted',
        [current]: 'wanted',
        [off]: 'unwanted',
        [dead]: 'unwanted',
      });
      expect((await rig.peers.standing(NODE, [])).size).toBe(0);
    });

    test('E2: the digest of what is wanted is that of its pages, peer by peer and bucket by bucket', async () => {
      const all = async (buckets?: ReadonlySet<number>) => {
        const found: WantedPeer[] = [];
        for await (const page of rig.peers.wanted(NODE, buckets)) found.push(...page);
        return found;
      };
      const digest = async () => {
        const building = createDigest();
        for (const each of await all()) building.addLine(wantedLine(each));
        return building.buckets();
      };
      expect(await rig.peers.wantedDigest(NODE)).toEqual(createDigest().buckets());
      const made: MadeDevice[] = [];
      for (let index = 0; index < 9; index += 1) made.push(await makeDevice(rig));
      for (const { peer } of made) await giveKey(rig, peer);
      const whole = await rig.peers.wantedDigest(NODE);
      expect(whole).toEqual(await digest());
      expect(whole.count).toBe(9);
      await rig.store.transaction((tx) => tx.pauseDevice(made[4]!.device));
      const less = await rig.peers.wantedDigest(NODE);
      expect(less).toEqual(await digest());
      const differing = differingBuckets(whole, less);
      expect(differing.size).toBe(1);
      const others = (await all()).filter((each) => !differing.has(bucketOf(hashLine(wantedLine(each)))));
      const sieve = new Set(others.map((each) => bucketOf(hashLine(wantedLine(each)))));
      const keysOf = (found: readonly WantedPeer[]) => found.map((each) => each.publicKey).toSorted();
      expect(keysOf(await all(sieve))).toEqual(keysOf(others));
      expect(await all(differing)).toHaveLength(8 - others.length);
    });

    test('what was not carried out, or never arrived, gets a job again: once, at most `limit`', async () => {
      const [done, late, mute, gone, again] = await Promise.all(
        Array.from({ length: 5 }, () => makeDevice(rig)),
      );
      const applied = [done!, mute!, gone!, again!].map(({ peer }) => ({ peerId: peer, generation: 1 }));
      await rig.peers.markApplied(applied, rig.now());
      await rig.peers.markDelivered(done!.issue, rig.now());
      await rig.store.markBlocked(gone!.account, true);
      await reissue(rig, again!);
      expect(await rig.peers.enqueueOverdue(NODE, later(rig, -HOUR_MS), 10)).toBe(0);
      expect(await rig.peers.enqueueOverdue(NODE, later(rig, 1000), 1)).toBe(1);
      await rig.peers.enqueueOverdue(NODE, later(rig, 1000), 10);
      const asked = new Set((await rig.jobs()).map((each) => (each.data as { peerId: string }).peerId));
      expect(asked).toEqual(new Set([late!.peer, mute!.peer]));
      expect(await rig.peers.enqueueOverdue(NODE, later(rig, -HOUR_MS), 10)).toBe(0);
    });

    test('F-G6: a config that never arrived gets a job again, unless its user blocked the bot', async () => {
      const made = [await makeDevice(rig), await makeDevice(rig)];
      for (const each of made) await rig.peers.markApplied([{ peerId: each.peer, generation: 1 }], rig.now());
      await rig.store.markBlocked(made[1]!.account, true);
      expect(await rig.peers.enqueueOverdue(NODE, later(rig, 100), 10)).toBe(1);
      expect((await rig.jobs()).map((each) => each.data)).toEqual([{ peerId: made[0]!.peer }]);
    });

    test('many workers, many writes at once: no circle of waiting, nothing lost', async () => {
      const made = await Promise.all(Array.from({ length: 24 }, () => makeDevice(rig)));
      const forth = made.map(({ peer }) => ({ peerId: peer, generation: 1 }));
      const work = Array.from({ length: 12 }, (_, index) => [
        rig.peers.markApplied(index % 2 ? forth : forth.toReversed(), rig.now()),
        rig.peers.markDelivered(made[index]!.issue, rig.now()),
        rig.store.transaction((tx) => addDeviceIn(rig, tx, made[index]!.account)),
      ]);
      await Promise.all(work.flat());
      const targets = await rig.peers.targets(made.map((each) => each.peer));
      expect(targets.filter((each) => each.issue === null)).toHaveLength(12);
      const states = await Promise.all(made.map((each) => rig.store.view(each.account)));
      expect(states.every((each) => each?.devices[0]?.peer.applied)).toBe(true);
    });
  });
}
