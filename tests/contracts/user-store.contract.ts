import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { LOCAL_NODE, type PeerId, peerId, XRAY_NODE } from '../../src/server/core/ids.ts';
import type { UserTarget } from '../../src/server/core/ports/user-store.ts';
import {
  acceptedUpdate,
  DAY_MS,
  FIRST_START_MS,
  later,
  makeDevice,
  makeVless,
  type OpenRig,
  POOL,
  type StoreRig,
} from '../support/store-rig.ts';

const HOUR_MS = 3_600_000;

/** What every store of VLESS users promises to the worker and the reconcile, and what is theirs in the other stores. */
export function userStoreContract(name: string, open: OpenRig): void {
  describe(`${name}: VLESS users`, () => {
    let rig: StoreRig;
    beforeEach(async () => {
      rig = await open([POOL]);
    }, FIRST_START_MS);
    afterEach(() => rig.close());

    const targetOf = async (id: PeerId): Promise<UserTarget> => {
      const [target] = await rig.users.targets([id]);
      if (!target) throw new Error(`no target for ${id}`);
      return target;
    };
    const wanted = async () => {
      const all: PeerId[] = [];
      for await (const page of rig.users.wanted(XRAY_NODE)) all.push(...page.map((each) => each.peerId));
      return all;
    };

    test('a target says what is wanted, with the link that is due; each store has its own', async () => {
      const ends = later(rig, DAY_MS);
      const made = await makeVless(rig, undefined, ends);
      const other = await makeDevice(rig);
      const targets = await rig.users.targets([made.peer, other.peer, peerId(rig.uuid())]);
      expect(targets).toHaveLength(1);
      expect(targets[0]).toMatchObject({ peerId: made.peer, generation: 1, wanted: true, keyNumber: 1 });
      expect(targets[0]?.issue).toMatchObject({ id: made.issue, deviceName: 'Device 2', until: ends });
      expect((await rig.peers.targets([made.peer, other.peer])).map((each) => each.peerId)).toEqual([
        other.peer,
      ]);
    });

    test('E1: takes no address, and is in the view of its account as what it is', async () => {
      const before = (await rig.nodes.usage())[0]?.leased;
      const made = await makeVless(rig);
      expect((await rig.nodes.usage())[0]?.leased).toBe(before);
      const state = await rig.store.view(made.account);
      expect(state?.devices[0]?.peer).toMatchObject({
        nodeId: XRAY_NODE,
        protocol: 'vless',
        keyNumber: 1,
        publicKey: null,
        ip4: null,
        ip6: null,
        applied: false,
      });
    });

    test('a renewal is a new generation and another key number', async () => {
      const made = await makeVless(rig);
      await rig.peers.markApplied([{ peerId: made.peer, generation: 1 }], rig.now());
      await rig.store.transaction((tx) => tx.renewPeer(made.peer));
      expect(await targetOf(made.peer)).toMatchObject({ generation: 2, keyNumber: 2 });
      expect((await rig.store.view(made.account))?.devices[0]?.peer).toMatchObject({
        keyNumber: 2,
        applied: false,
      });
    });

    test('pages hold every wanted user once, in order, and no peer of another node', async () => {
      await makeDevice(rig);
      const made = [];
      for (let count = 0; count < 20; count += 1) made.push(await makeVless(rig));
      const [paused, revoked, ...rest] = made;
      await rig.store.transaction((tx) => tx.pauseDevice(paused!.device));
      await rig.store.transaction((tx) => tx.revokeDevice(revoked!.device, rig.now()));
      expect(await wanted()).toEqual(rest.map((each) => each.peer).sort());
    });

    test('standing tells wanted, underway and unwanted apart, and nothing of strangers or other nodes', async () => {
      const [kept, going, gone] = [await makeVless(rig), await makeVless(rig), await makeVless(rig)];
      const other = await makeDevice(rig);
      for (const each of [going, gone]) await rig.store.transaction((tx) => tx.pauseDevice(each.device));
      await rig.peers.markApplied([{ peerId: gone.peer, generation: 2 }], rig.now());
      const asked = [kept.peer, going.peer, gone.peer, other.peer, peerId(rig.uuid())];
      expect(new Map(await rig.users.standing(XRAY_NODE, asked))).toEqual(
        new Map([
          [kept.peer as string, 'wanted'],
          [going.peer, 'underway'],
          [gone.peer, 'unwanted'],
        ]),
      );
      expect(await rig.users.standing(LOCAL_NODE, [kept.peer])).toEqual(new Map());
      expect(await rig.users.standing(XRAY_NODE, [])).toEqual(new Map());
    });

    test('F-J5: the end of a subscription goes to each peer by its own queue', async () => {
      const account = 700_001;
      const made = await makeVless(rig, account, later(rig, HOUR_MS));
      const other = await makeDevice(rig, account);
      await rig.store.expire(later(rig, 2 * HOUR_MS), 10);
      const jobs = (await rig.jobs()).filter((each) => each.kind.startsWith('apply-'));
      expect(jobs.map((each) => [each.kind, each.data]).sort()).toEqual([
        ['apply-peer', { peerId: other.peer }],
        ['apply-user', { peerId: made.peer }],
      ]);
    });

    test('what was not carried out, or not delivered, is enqueued again by its own queue', async () => {
      const made = await makeVless(rig);
      expect(await rig.peers.enqueueOverdue(XRAY_NODE, later(rig, HOUR_MS), 10)).toBe(1);
      const [job] = (await rig.jobs()).slice(-1);
      expect(job).toMatchObject({ kind: 'apply-user', data: { peerId: made.peer } });
    });

    test('a subscription link: one at a time, the same until it is revoked', async () => {
      const made = await makeVless(rig);
      const [first, second, third] = [rig.uuid(), rig.uuid(), rig.uuid()];
      const openLink = (id: string) =>
        rig.store.transaction((tx) => tx.openSubscriptionLink(made.account, id, rig.now()));
      const revoke = () => rig.store.transaction((tx) => tx.revokeSubscriptionLink(made.account, rig.now()));
      expect(await revoke()).toBe(false);
      expect(await openLink(first)).toBe(first);
      expect(await openLink(second)).toBe(first);
      expect(await revoke()).toBe(true);
      expect(await openLink(third)).toBe(third);
    });

    test('an update settled in a transaction that renews nothing is not settled when that fails', async () => {
      const made = await makeVless(rig);
      const update = await acceptedUpdate(rig);
      const failing = rig.store.transaction(async (tx) => {
        await tx.settleUpdates([update]);
        await tx.renewPeer(made.peer);
        throw new Error('the process ends here');
      });
      await expect(failing).rejects.toThrow('ends here');
      expect(await targetOf(made.peer)).toMatchObject({ generation: 1, keyNumber: 1 });
    });
  });
}
