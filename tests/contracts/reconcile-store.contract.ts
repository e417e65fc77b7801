import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import type { PublicKey } from '../../src/server/core/ids.ts';
import { createDigest, wantedLine } from '../../src/server/core/peer-digest.ts';
import type { QuarantinedPeer } from '../../src/server/core/strangers.ts';
import {
  DAY_MS,
  FIRST_START_MS,
  keyOf,
  later,
  makeDevice,
  NODE,
  type OpenRig,
  POOL,
  type StoreRig,
  unique,
} from '../support/store-rig.ts';

const MINUTE_MS = 60_000;
const stranger = (allowedIps: readonly string[] = []) => ({ key: keyOf(unique()) as string, allowedIps });
const states = (found: ReadonlyMap<string, QuarantinedPeer>) =>
  Object.fromEntries([...found].map(([key, peer]) => [key, peer.state]));

/** What every store of strangers and held removals promises. */
export function reconcileStoreContract(name: string, open: OpenRig): void {
  describe(`${name}: strangers`, () => {
    let rig: StoreRig;
    beforeEach(async () => {
      rig = await open([POOL]);
    }, FIRST_START_MS);
    afterEach(() => rig.close());
    const see = (...strangers: { key: string; allowedIps: readonly string[] }[]) =>
      rig.quarantine.seeStrangers(NODE, strangers, rig.now());

    test('E2: one that is seen waits from then on; seen again it keeps its time', async () => {
      const [a, b] = [stranger(['192.168.1.1/32', 'fd09::1/128']), stranger()];
      const at = rig.now();
      const first = await rig.quarantine.seeStrangers(NODE, [a, b], at);
      expect(first.get(a.key)).toEqual({
        ...a,
        firstSeenAt: at,
        lastSeenAt: at,
        state: 'waiting',
        refusal: null,
        decidedBy: null,
        decidedAt: null,
      });
      const again = await rig.quarantine.seeStrangers(NODE, [a, b], later(rig, 11 * MINUTE_MS));
      expect(again.get(b.key)?.firstSeenAt).toEqual(at);
      expect(again.get(b.key)!.lastSeenAt > at).toBe(true);
      expect(await rig.quarantine.strangersAmong(NODE, [a.key, 'nobody'])).toEqual(
        new Map([[a.key, again.get(a.key)!]]),
      );
    });

    test('one that went by itself is forgotten, and waits anew when it is back', async () => {
      const [gone, stays] = [stranger(), stranger()];
      await see(gone, stays);
      await see(stays);
      expect((await rig.quarantine.strangersAmong(NODE, [gone.key])).size).toBe(0);
      const at = later(rig, MINUTE_MS);
      const back = await rig.quarantine.seeStrangers(NODE, [gone, stays], at);
      expect(back.get(gone.key)?.firstSeenAt).toEqual(at);
      await see();
      expect((await rig.quarantine.strangersAmong(NODE, [gone.key, stays.key])).size).toBe(0);
    });

    test('B4: one that was removed and is back waits its whole grace again', async () => {
      const peer = stranger();
      await see(peer);
      await rig.quarantine.markRemoved(NODE, [peer.key], rig.now());
      expect(states(await rig.quarantine.strangersAmong(NODE, [peer.key]))).toEqual({
        [peer.key]: 'removed',
      });
      await see();
      const at = later(rig, MINUTE_MS);
      const back = await rig.quarantine.seeStrangers(NODE, [peer], at);
      expect(back.get(peer.key)).toMatchObject({ state: 'waiting', firstSeenAt: at, decidedBy: null });
    });

    test('other networks are noted', async () => {
      const peer = stranger(['192.168.1.1/32']);
      await see(peer);
      const moved = await see({ ...peer, allowedIps: ['192.168.1.2/32'] });
      expect(moved.get(peer.key)?.allowedIps).toEqual(['192.168.1.2/32']);
    });

    test('an adopted one is wanted: with the rest, in the digest, and when asked', async () => {
      const peer = stranger(['192.168.1.1/32']);
      await see(peer);
      expect((await rig.quarantine.adopt(NODE, [peer.key], rig.now())).size).toBe(0);
      const building = createDigest();
      const all = [];
      for await (const page of rig.peers.wanted(NODE)) all.push(...page);
      for (const each of all) building.addLine(wantedLine(each));
      expect(all).toEqual([{ publicKey: peer.key as PublicKey, allowedIps: peer.allowedIps, applied: true }]);
      expect(await rig.peers.wantedDigest(NODE)).toEqual(building.buckets());
      expect(await rig.peers.standing(NODE, [peer.key as PublicKey])).toEqual(
        new Map([[peer.key, 'wanted']]),
      );
      // It stays adopted though it is on the node no more.
      await see();
      expect(states(await rig.quarantine.strangersAmong(NODE, [peer.key]))).toEqual({
        [peer.key]: 'adopted',
      });
    });

    test('the address of an adopted one is nobody else’s, its IPv6 with it', async () => {
      const free = (await rig.nodes.usage())[0]!.free;
      const peer = stranger(['10.66.0.77/32', 'fd00:66::4d/128']);
      await see(peer);
      await rig.quarantine.adopt(NODE, [peer.key], rig.now());
      expect((await rig.nodes.usage())[0]).toMatchObject({ free: free - 1, leased: 1 });
      const rest = await rig.store.transaction((tx) => tx.claimAddresses(NODE, free));
      expect(rest).toHaveLength(free - 1);
      expect(rest.some((each) => each.ip4 === '10.66.0.77')).toBe(false);
    });

    test.each([
      ['address-taken', (ip: string) => [`${ip}/32`]],
      ['address-reserved', () => ['10.66.0.1/32']],
      ['address-reserved', () => ['10.66.0.255/32']],
      ['network-overlaps', () => ['10.66.0.128/25']],
      ['network-overlaps', () => ['0.0.0.0/0']],
      ['network-overlaps', () => ['fd00:66::/64']],
    ] as const)(
      '%s: it stays in quarantine with the reason, and nothing is leased',
      async (refusal, networks) => {
        const made = await makeDevice(rig);
        const peer = stranger(networks(made.address.ip4));
        const before = await rig.nodes.usage();
        await see(peer);
        expect(await rig.quarantine.adopt(NODE, [peer.key], rig.now())).toEqual(
          new Map([[peer.key, refusal]]),
        );
        const noted = await rig.quarantine.strangersAmong(NODE, [peer.key]);
        expect(noted.get(peer.key)).toMatchObject({ state: 'waiting', refusal });
        expect(await rig.nodes.usage()).toEqual(before);
      },
    );

    test('two strangers cannot be adopted with one address', async () => {
      const [a, b] = [stranger(['192.168.1.1/32']), stranger(['192.168.1.1/32'])];
      await see(a, b);
      expect((await rig.quarantine.adopt(NODE, [a.key], rig.now())).size).toBe(0);
      expect(await rig.quarantine.adopt(NODE, [b.key], rig.now())).toEqual(
        new Map([[b.key, 'address-taken']]),
      );
    });
  });

  describe(`${name}: held removals`, () => {
    let rig: StoreRig;
    beforeEach(async () => {
      rig = await open([POOL]);
    }, FIRST_START_MS);
    afterEach(() => rig.close());

    test('what is over for long is forgotten: removed strangers and closed questions, and nothing else', async () => {
      const peers = Array.from({ length: 3 }, () => ({ key: keyOf(unique()) as string, allowedIps: [] }));
      const [gone, kept, open] = peers.map((each) => each.key) as [string, string, string];
      await rig.quarantine.seeStrangers(NODE, peers, rig.now());
      await rig.quarantine.markRemoved(NODE, [gone], rig.now());
      const question = {
        nodeId: NODE,
        askedAt: rig.now(),
        total: 9,
        reason: 'too-many',
        keys: [kept],
      } as const;
      await rig.quarantine.close(await rig.quarantine.ask(question), rig.now());
      const asked = await rig.quarantine.ask(question);
      expect(await rig.quarantine.forget(later(rig, -DAY_MS))).toBe(0);
      expect(await rig.quarantine.forget(later(rig, DAY_MS))).toBe(2);
      expect(await rig.quarantine.forget(later(rig, DAY_MS))).toBe(0);
      expect([...(await rig.quarantine.strangersAmong(NODE, [gone, kept, open])).keys()].toSorted()).toEqual(
        [kept, open].toSorted(),
      );
      expect(await rig.quarantine.openQuestion(NODE)).toEqual(asked);
    });

    test('B8: one question a node; what is asked in its place takes its place', async () => {
      expect(await rig.quarantine.openQuestion(NODE)).toBeNull();
      const askedAt = rig.now();
      const question = { nodeId: NODE, askedAt, total: 100, reason: 'too-many', keys: ['a', 'b c'] } as const;
      const first = await rig.quarantine.ask(question);
      expect(first).toEqual({
        ...question,
        id: first.id,
        count: 2,
        decision: null,
        decidedBy: null,
        decidedAt: null,
      });
      const second = await rig.quarantine.ask({ ...question, keys: ['c'], reason: 'empty-database' });
      expect(await rig.quarantine.openQuestion(NODE)).toEqual(second);
      expect(second.id).not.toBe(first.id);
      await rig.quarantine.close(first, rig.now());
      expect(await rig.quarantine.openQuestion(NODE)).toEqual(second);
      expect(second).toMatchObject({ count: 1, keys: ['c'], reason: 'empty-database' });
      await rig.quarantine.close({ ...second, decision: 'allow' }, rig.now());
      expect(await rig.quarantine.openQuestion(NODE)).toEqual(second);
      await rig.quarantine.close(second, rig.now());
      expect(await rig.quarantine.openQuestion(NODE)).toBeNull();
      await rig.quarantine.close(second, rig.now());
      expect((await rig.quarantine.ask(question)).id).not.toBe(second.id);
    });
  });
}
