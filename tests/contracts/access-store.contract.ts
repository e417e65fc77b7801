import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { accountId, deviceId, updateId } from '../../src/server/core/ids.ts';
import type { JobKind } from '../../src/server/core/ports/jobs.ts';
import { tellJob } from '../../src/server/core/tell-job.ts';
import {
  acceptedUpdate,
  addDeviceIn,
  codeOf,
  DAY_MS,
  FIRST_START_MS,
  giveKey,
  later,
  makeDevice,
  newDevice,
  newSubscription,
  type OpenRig,
  POOL,
  profileOf,
  type StoreRig,
  targetOf,
  unique,
} from '../support/store-rig.ts';

const NOTHING = { subscriptions: [], devices: [], issues: [] };

/** Names as people and attackers write them. */
const NAMES: readonly string[] = [
  'Zoë 🦊',
  'a\nb\r[Peer]',
  "'; drop table adit.accounts; --",
  '\u202eevil',
  'nul\u0000inside',
  'half \ud83d a fox',
  '{"a":1}',
  '\\u0000',
];

const jobsOf = async (rig: StoreRig, kind: JobKind) =>
  (await rig.jobs()).filter((each) => each.kind === kind);

/** What every store of accounts promises. */
export function accessStoreContract(name: string, open: OpenRig): void {
  describe(`${name}: accounts and their devices`, () => {
    let rig: StoreRig;
    beforeEach(async () => {
      rig = await open([POOL]);
    }, FIRST_START_MS);
    afterEach(() => rig.close());

    test('E1: update, subscription, address, device, issue and job commit together', async () => {
      const update = await acceptedUpdate(rig);
      const account = unique();
      const made = await rig.store.transaction(async (tx) => {
        await tx.settleUpdates([update]);
        const made = await addDeviceIn(rig, tx, account);
        await tx.add(
          { ...NOTHING, subscriptions: [newSubscription(rig, account, later(rig, DAY_MS))] },
          rig.now(),
        );
        await tx.enqueue([{ kind: 'apply-peer', data: { peerId: made.peer }, priority: 10 }]);
        return made;
      });
      const state = await rig.store.view(made.account);
      expect(state?.devices.map((each) => each.id)).toEqual([made.device]);
      expect(state?.subscriptions.map((each) => each.plan)).toEqual(['trial']);
      expect(await rig.jobs()).toEqual([{ kind: 'apply-peer', data: { peerId: made.peer }, priority: 10 }]);
      expect(await rig.nodes.usage()).toEqual([{ pool: POOL.cidr4, free: 252, leased: 1, resting: 0 }]);
    });

    test('A7, E1: a failure at the end leaves nothing: no address, no job, the update still waits', async () => {
      const update = await acceptedUpdate(rig);
      const account = unique();
      const failing = rig.store.transaction(async (tx) => {
        await tx.settleUpdates([update]);
        const made = await addDeviceIn(rig, tx, account);
        await tx.enqueue([{ kind: 'apply-peer', data: { peerId: made.peer } }]);
        throw new Error('crash');
      });
      expect(failing).rejects.toThrow('crash');
      await failing.catch(() => undefined);
      expect(await rig.store.view(accountId(account))).toBeNull();
      expect(await rig.jobs()).toEqual([]);
      expect(await rig.nodes.usage()).toEqual([{ pool: POOL.cidr4, free: 253, leased: 0, resting: 0 }]);
      expect((await rig.inbox.unsettled(10)).map((each) => each.id)).toEqual([update]);
    });

    test('A8: an update settles once; one that was never accepted does not settle', async () => {
      const update = await acceptedUpdate(rig);
      const settle = () =>
        rig.store.transaction((tx) => tx.settleUpdates([update, update, updateId(987_654)]));
      expect([...(await settle())]).toEqual([update]);
      expect([...(await settle())]).toEqual([]);
      expect(await rig.inbox.unsettled(10)).toEqual([]);
    });

    test('A8: of 16 transactions with one update, one settles it', async () => {
      const update = await acceptedUpdate(rig);
      const settled = await Promise.all(
        Array.from({ length: 16 }, () => rig.store.transaction((tx) => tx.settleUpdates([update]))),
      );
      expect(settled.filter((each) => each.has(update))).toHaveLength(1);
    });

    test('F-S1, F-G7: any name can be stored, and harms neither its own account nor its neighbours', async () => {
      const profiles = NAMES.map((each) => profileOf(unique(), each));
      const states = await rig.store.transaction((tx) => tx.openAccounts(profiles));
      expect(states.size).toBe(NAMES.length);
      const { device, account } = await makeDevice(rig);
      await rig.store.transaction((tx) => tx.renameDevice(device, 'Zoë 🦊'));
      expect((await rig.store.view(account))?.devices[0]?.name).toBe('Zoë 🦊');
    });

    test('an account opened twice in one call is one account; a chosen language stays', async () => {
      const profile = profileOf(unique());
      await rig.store.transaction((tx) => tx.openAccounts([profile, profile]));
      await rig.store.transaction((tx) => tx.setLanguage(profile.id, 'ru'));
      const states = await rig.store.transaction((tx) =>
        tx.openAccounts([{ ...profile, languageHint: 'en' }]),
      );
      expect(states.get(profile.id)?.account).toEqual({
        id: profile.id,
        chatId: profile.chatId,
        language: 'ru',
        paused: false,
      });
      expect(await rig.store.view(accountId(999_999_999))).toBeNull();
    });

    test('F-G7: a Telegram id beyond 32 bits comes back as it went in', async () => {
      const account = 2 ** 51 + 1;
      const made = await makeDevice(rig, account);
      expect((await rig.store.view(made.account))?.account.id).toBe(accountId(account));
      expect((await targetOf(rig, made.peer)).issue?.chatId as number).toBe(account);
    });

    test('A8: a cause is unique for ever, a trial one an account: the second is a conflict, and nothing of it stays', async () => {
      const made = await makeDevice(rig, undefined, later(rig, DAY_MS));
      const { issue } = newDevice(rig, made.account, made.address);
      const again = { ...issue, cause: `test:${made.issue}`, deviceId: made.device, peerId: made.peer };
      const second = rig.store.transaction((tx) => tx.add({ ...NOTHING, issues: [again] }, rig.now()));
      expect(await codeOf(second)).toBe('conflict');
      const trial = newSubscription(rig, made.account, later(rig, DAY_MS));
      const other = rig.store.transaction((tx) => tx.add({ ...NOTHING, subscriptions: [trial] }, rig.now()));
      expect(await codeOf(other)).toBe('conflict');
      const paid = newSubscription(rig, made.account, later(rig, DAY_MS), 'month');
      await rig.store.transaction((tx) => tx.add({ ...NOTHING, subscriptions: [paid] }, rig.now()));
      expect((await rig.store.view(made.account))?.subscriptions.map((each) => each.plan).sort()).toEqual([
        'month',
        'trial',
      ]);
    });

    test('A5: an address somebody holds is refused to a second peer', async () => {
      const made = await makeDevice(rig);
      const { device, issue } = newDevice(rig, made.account, made.address);
      const second = rig.store.transaction((tx) =>
        tx.add({ ...NOTHING, devices: [device], issues: [issue] }, rig.now()),
      );
      expect(await codeOf(second)).toBe('conflict');
      expect((await rig.store.view(made.account))?.devices).toHaveLength(1);
    });

    test('dates, states and addresses come back whole; devices in order of making', async () => {
      const ends = later(rig, DAY_MS);
      const first = await makeDevice(rig, undefined, ends);
      const second = await makeDevice(rig, first.account);
      const state = await rig.store.view(first.account);
      expect(state?.subscriptions[0]?.endsAt).toEqual(ends);
      expect(state?.devices.map((each) => each.id)).toEqual([first.device, second.device]);
      expect(state?.devices[0]).toMatchObject({
        name: 'Device 1',
        state: 'active',
        delivered: false,
        peer: { id: first.peer, publicKey: null, wanted: true, applied: false, ...addressOf(first) },
      });
      expect(state?.devices[0]?.createdAt).toBeInstanceOf(Date);
    });

    test('pausing and resuming change what is wanted, each by a new generation, and keep the address', async () => {
      const { device, peer } = await makeDevice(rig);
      await giveKey(rig, peer);
      await rig.store.transaction((tx) => tx.pauseDevice(device));
      expect(await targetOf(rig, peer)).toMatchObject({ wanted: false, generation: 2, issue: null });
      await rig.store.transaction((tx) => tx.resumeDevice(device));
      expect(await targetOf(rig, peer)).toMatchObject({ wanted: true, generation: 3 });
      await rig.store.transaction((tx) => tx.renewPeer(peer));
      expect((await targetOf(rig, peer)).generation).toBe(4);
      expect((await rig.nodes.usage())[0]).toMatchObject({ leased: 1, resting: 0 });
    });

    test('a revoked device is gone for its user, its peer unwanted, its address at rest', async () => {
      const { account, device, peer } = await makeDevice(rig);
      await rig.store.transaction((tx) => tx.revokeDevice(device, rig.now()));
      expect((await rig.store.view(account))?.devices).toEqual([]);
      expect(await targetOf(rig, peer)).toMatchObject({ wanted: false, generation: 2, issue: null });
      expect((await rig.nodes.usage())[0]).toMatchObject({ free: 252, leased: 0, resting: 1 });
      await rig.store.transaction((tx) => tx.revokeDevice(device, rig.now()));
      expect((await targetOf(rig, peer)).generation).toBe(2);
      await rig.store.transaction((tx) => tx.revokeDevice(deviceId(rig.uuid()), rig.now()));
    });

    test('markBlocked can be repeated, and a visit takes it back', async () => {
      const { account } = await makeDevice(rig);
      await rig.store.markBlocked(account, true);
      await rig.store.markBlocked(account, true);
      await rig.store.markBlocked(accountId(424_242), true);
      await rig.store.transaction((tx) => tx.openAccounts([profileOf(account)]));
      expect((await rig.store.view(account))?.account.id).toBe(account);
    });
  });

  describe(`${name}: the end of a subscription`, () => {
    let rig: StoreRig;
    beforeEach(async () => {
      rig = await open([POOL]);
    }, FIRST_START_MS);
    afterEach(() => rig.close());

    test('peers become unwanted, keep their addresses, and get their jobs in the same transaction', async () => {
      const made = await makeDevice(rig, undefined, later(rig, DAY_MS));
      await giveKey(rig, made.peer);
      expect(await rig.store.expire(rig.now(), 10)).toBe(0);
      expect(await rig.store.expire(later(rig, 2 * DAY_MS), 10)).toBe(1);
      expect(await targetOf(rig, made.peer)).toMatchObject({ wanted: false, generation: 2 });
      const subscriptionId = (await rig.store.view(made.account))!.subscriptions[0]!.id;
      expect(await rig.jobs()).toEqual([
        { kind: 'apply-peer', data: { peerId: made.peer } },
        tellJob(subscriptionId),
      ]);
      expect((await rig.nodes.usage())[0]).toMatchObject({ leased: 1 });
      expect(await rig.store.expire(later(rig, 2 * DAY_MS), 10)).toBe(0);
    });

    test('clock jump: another one whose start lies ahead, since the clock was set back, keeps the devices', async () => {
      const made = await makeDevice(rig, undefined, later(rig, -DAY_MS));
      const paid = newSubscription(rig, made.account, later(rig, 30 * DAY_MS), 'month');
      const ahead = { ...paid, startsAt: later(rig, 3_600_000) };
      await rig.store.transaction((tx) => tx.add({ ...NOTHING, subscriptions: [ahead] }, rig.now()));
      expect(await rig.store.expire(rig.now(), 10)).toBe(1);
      expect((await targetOf(rig, made.peer)).wanted).toBe(true);
    });

    test('another subscription that runs keeps the devices', async () => {
      const made = await makeDevice(rig, undefined, later(rig, DAY_MS));
      const paid = newSubscription(rig, made.account, later(rig, 30 * DAY_MS), 'month');
      await rig.store.transaction((tx) => tx.add({ ...NOTHING, subscriptions: [paid] }, rig.now()));
      expect(await rig.store.expire(later(rig, 2 * DAY_MS), 10)).toBe(1);
      expect((await targetOf(rig, made.peer)).wanted).toBe(true);
      expect(await rig.jobs()).toEqual([]);
    });

    test('at most `limit` in one call, the rest in the next', async () => {
      for (let made = 0; made < 5; made += 1) await makeDevice(rig, undefined, later(rig, DAY_MS));
      const ended = later(rig, 2 * DAY_MS);
      expect(await rig.store.expire(ended, 3)).toBe(3);
      expect(await rig.store.expire(ended, 3)).toBe(2);
      expect(await jobsOf(rig, 'apply-peer')).toHaveLength(5);
    });

    test('a device added while its subscription ends does not outlive it', async () => {
      const made = await makeDevice(rig, undefined, later(rig, DAY_MS));
      const opened = Promise.withResolvers<void>();
      const letGo = Promise.withResolvers<void>();
      const adding = rig.store.transaction(async (tx) => {
        const added = await addDeviceIn(rig, tx, made.account);
        opened.resolve();
        await letGo.promise;
        return added;
      });
      await opened.promise;
      const expiring = rig.store.expire(later(rig, 2 * DAY_MS), 10);
      // Side by side, the end must wait for the account; one by one, it waits for its turn anyway.
      if (rig.someoneWaits) await Promise.race([expiring, rig.someoneWaits()]);
      letGo.resolve();
      const added = await adding;
      expect(await expiring).toBe(1);
      expect((await targetOf(rig, added.peer)).wanted).toBe(false);
      expect(await jobsOf(rig, 'apply-peer')).toHaveLength(2);
    });
  });
}

const addressOf = ({ address }: { address: { ip4: string; ip6: string | null } }) => ({
  ip4: address.ip4,
  ip6: address.ip6,
});
