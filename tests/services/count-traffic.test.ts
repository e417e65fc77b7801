import { describe, expect, test } from 'bun:test';
import { tunnelSource } from '../../src/server/app/counting.ts';
import { AppError } from '../../src/server/core/errors.ts';
import { accountId, LOCAL_NODE, XRAY_NODE } from '../../src/server/core/ids.ts';
import type { TrafficSource } from '../../src/server/core/ports/traffic.ts';
import { createCountTraffic } from '../../src/server/services/count-traffic.ts';
import { expireSubscriptions } from '../../src/server/services/expire-subscriptions.ts';
import { type ProcessOptions, startProcess } from '../support/service-process.ts';
import { createServiceWorld, type ServiceWorld } from '../support/service-world.ts';

const NEVER = new AbortController().signal;
const HOUR_MS = 3_600_000;
const EASE_MS = 30_000;

async function worldWith(users: number, options: ProcessOptions = {}) {
  const world = await createServiceWorld();
  const process = await startProcess(world, options);
  for (let account = 1; account <= users; account += 1) await process.visit({ kind: 'start', account });
  await process.rest();
  return { world, process };
}

/** In the order in which they came. */
const peersOf = (world: ServiceWorld) => [...world.database.tables.peers.values()];
const keyOf = (world: ServiceWorld, index = 0) => peersOf(world)[index]!.publicKey!;
const move = (world: ServiceWorld, received: number, sent: number, index = 0) =>
  world.tunnel.handshake(keyOf(world, index), '198.51.100.7:4711', received, sent);
const totalOf = (world: ServiceWorld, index = 0) => {
  const counter = world.database.tables.counters.get(peersOf(world)[index]!.id);
  return counter ? [counter.received, counter.sent] : null;
};
const usedBy = (world: ServiceWorld, account: number) =>
  [...world.database.tables.subscriptions.values()].find((each) => each.accountId === account)?.usedBytes;
const told = (world: ServiceWorld) =>
  world.courier.messages
    .filter((each) => each.content === 'expired' || each.content === 'limited')
    .map((each) => each.content);

describe('traffic is counted into totals that outlive what was read', () => {
  test('bytes are counted once, however often the same numbers are read', async () => {
    const { world, process } = await worldWith(2);
    move(world, 100, 10);
    move(world, 5, 7, 1);
    expect(await process.count()).toBe(122);
    world.clock.advance(EASE_MS);
    expect(await process.count()).toBe(0);
    move(world, 1, 1);
    world.clock.advance(EASE_MS);
    expect(await process.count()).toBe(2);
    expect([totalOf(world), totalOf(world, 1)]).toEqual([
      [101, 11],
      [5, 7],
    ]);
    expect([usedBy(world, 1), usedBy(world, 2)]).toEqual([112, 12]);
  });

  test('"counters doubled after a node restarts": the interface made anew, then Adit started anew, then both', async () => {
    const { world, process } = await worldWith(1);
    move(world, 100, 10);
    await process.count();
    await world.tunnel.remove();
    await process.reconcile();
    move(world, 300, 30);
    world.clock.advance(EASE_MS);
    expect(await process.count()).toBe(330);
    const second = await startProcess(world);
    expect(await second.count()).toBe(0);
    await world.tunnel.remove();
    const third = await startProcess(world);
    await third.reconcile();
    move(world, 1, 1);
    expect(await third.count()).toBe(2);
    expect(totalOf(world)).toEqual([401, 41]);
    expect(usedBy(world, 1)).toBe(442);
  });

  test('F-W10: a new key of the same device, a pause and its end: nothing negative, nothing twice', async () => {
    const { world, process } = await worldWith(1);
    const device = peersOf(world)[0]!.deviceId;
    const counted = async () => {
      world.clock.advance(EASE_MS);
      return process.count();
    };
    move(world, 100, 0);
    expect(await counted()).toBe(100);
    await process.visit({ kind: 'reissue', account: 1, device });
    await process.rest();
    move(world, 500, 0);
    expect(await counted()).toBe(500);
    await process.visit({ kind: 'pause', account: 1, device });
    await process.rest();
    expect(await counted()).toBe(0);
    await process.visit({ kind: 'resume', account: 1, device });
    await process.rest();
    move(world, 900, 0);
    expect(await counted()).toBe(900);
    expect(totalOf(world)).toEqual([1500, 0]);
  });

  test('a commit whose answer is lost adds nothing twice', async () => {
    const { world } = await worldWith(1);
    move(world, 100, 10);
    let lost = false;
    const counting = createCountTraffic({
      ...world,
      sources: [tunnelSource(world.tunnel)],
      counters: {
        ...world.counters,
        async record(...given) {
          const written = await world.counters.record(...given);
          if (lost) return written;
          lost = true;
          throw new AppError('unavailable', 'the answer of the commit was lost');
        },
      },
      access: world.store,
      holder: LOCAL_NODE,
      epoch: () => world.database.tables.nodes.get(LOCAL_NODE)!.epoch,
    });
    await expect(counting.run(NEVER)).rejects.toThrow('lost');
    expect(await counting.run(NEVER)).toBe(0);
    expect(totalOf(world)).toEqual([100, 10]);
    expect(usedBy(world, 1)).toBe(110);
  });

  test('a node that does not answer keeps no other from being counted, and is said', async () => {
    const { world } = await worldWith(1);
    const peer = peersOf(world)[0]!;
    world.database.tables.peers.set(peer.id, { ...peer, nodeId: XRAY_NODE });
    const silent: TrafficSource = {
      node: LOCAL_NODE,
      protocol: 'wireguard',
      read: async () => Promise.reject(new AppError('timeout', 'wg did not answer.')),
    };
    const xray: TrafficSource = {
      node: XRAY_NODE,
      protocol: 'vless',
      read: async () => ({
        boot: 'x',
        peers: [
          { key: peer.id, received: 3, sent: 4, handshakeAt: null },
          { key: 'not one of ours', received: 1, sent: 1, handshakeAt: null },
        ],
      }),
    };
    const counting = createCountTraffic({
      ...world,
      sources: [silent, xray],
      counters: world.counters,
      access: world.store,
      holder: LOCAL_NODE,
      epoch: () => world.database.tables.nodes.get(LOCAL_NODE)!.epoch,
    });
    await expect(counting.run(NEVER)).rejects.toThrow('did not answer');
    expect(totalOf(world)).toEqual([3, 4]);
  });

  test('without any limit a node is read every half minute; with one at every tick', async () => {
    const { world, process } = await worldWith(1);
    const reads = () => process.life.effects.filter((each) => each === 'tunnel.traffic').length;
    await process.count();
    const first = reads();
    world.clock.advance(EASE_MS - 1);
    await process.count();
    expect(reads()).toBe(first);
    world.clock.advance(1);
    await process.count();
    expect(reads()).toBe(first + 1);
    const limited = await startProcess(world, { trialTrafficBytes: 1000 });
    await limited.visit({ kind: 'start', account: 2 });
    await limited.rest();
    await limited.count();
    await limited.count();
    await limited.count();
    const read = limited.life.effects.filter((each) => each === 'tunnel.traffic');
    // The first one meets its peers, and reads again.
    expect(read).toHaveLength(4);
  });
});

describe('a limit of traffic', () => {
  test('cuts every device of the account off, tells its user once, and leaves others alone', async () => {
    const { world, process } = await worldWith(2, { trialTrafficBytes: 1000 });
    await process.visit({ kind: 'add', account: 1 });
    await process.rest();
    move(world, 600, 0);
    await process.count();
    move(world, 0, 400, 2);
    await process.count();
    await process.rest();
    expect((await world.tunnel.read()).peers.map((each) => each.publicKey)).toEqual([keyOf(world, 1)]);
    expect(told(world)).toEqual(['limited']);
    await process.count();
    await process.rest();
    expect(told(world)).toEqual(['limited']);
    const view = await process.desk.account(accountId(1));
    expect(view).toMatchObject({
      until: null,
      trialUsed: true,
      traffic: { usedBytes: 1000, limitBytes: 1000, usedUp: true },
    });
    expect(await process.visit({ kind: 'start', account: 1 })).toBe('trial-used');
    expect(await process.visit({ kind: 'add', account: 1 })).toBe('no-subscription');
  });

  test('a message that cannot be sent does not undo it; it comes when it can', async () => {
    const { world, process } = await worldWith(1, { trialTrafficBytes: 10 });
    world.courier.later.set(peersOf(world).length as never, 5_000);
    move(world, 10, 0);
    await process.count();
    await world.jobs.drain();
    expect((await world.tunnel.read()).peers).toEqual([]);
    expect(told(world)).toEqual([]);
    world.courier.later.clear();
    await process.rest();
    expect(told(world)).toEqual(['limited']);
  });

  test('a user who blocked the bot is marked so, and nothing is tried again', async () => {
    const { world, process } = await worldWith(1, { trialTrafficBytes: 10 });
    world.courier.blocked.add(1 as never);
    move(world, 10, 0);
    await process.count();
    await process.rest();
    expect(world.database.tables.accounts.get(accountId(1))?.blockedAt).not.toBeNull();
    expect(told(world)).toEqual([]);
  });
});

describe('F-J12: the clock jumps', () => {
  const live = async (world: ServiceWorld) => (await world.tunnel.read()).peers.length;

  test('an hour forward and back: whoever was cut off by it is let in again, with the same key, and ends at the real time', async () => {
    const { world, process } = await worldWith(3);
    const keys = [0, 1, 2].map((index) => keyOf(world, index));
    world.clock.advance(72 * HOUR_MS - HOUR_MS / 2);
    expect(await expireSubscriptions(world, NEVER)).toBe(0);
    world.clock.jump(HOUR_MS);
    expect(await expireSubscriptions(world, NEVER)).toBe(3);
    await process.rest();
    expect(await live(world)).toBe(0);
    world.clock.jump(-HOUR_MS);
    expect(await expireSubscriptions(world, NEVER)).toBe(0);
    await process.rest();
    const back = (await world.tunnel.read()).peers.map((each) => each.publicKey);
    expect(back.toSorted()).toEqual(keys.toSorted());
    world.clock.advance(HOUR_MS / 2);
    expect(await expireSubscriptions(world, NEVER)).toBe(3);
    await process.rest();
    expect(await live(world)).toBe(0);
    expect(await expireSubscriptions(world, NEVER)).toBe(0);
  });

  test('an hour back: nobody is cut off, and nobody who ended long ago comes back', async () => {
    const { world, process } = await worldWith(1);
    world.clock.advance(80 * HOUR_MS);
    await process.visit({ kind: 'start', account: 2 });
    await expireSubscriptions(world, NEVER);
    await process.rest();
    expect(await live(world)).toBe(1);
    world.clock.jump(-HOUR_MS);
    expect(await expireSubscriptions(world, NEVER)).toBe(0);
    await process.rest();
    expect(await live(world)).toBe(1);
  });

  test('a jump back counts no traffic twice and loses none', async () => {
    const { world, process } = await worldWith(1);
    move(world, 100, 0);
    await process.count();
    world.clock.jump(-HOUR_MS / 2);
    world.clock.advance(EASE_MS);
    move(world, 50, 0);
    expect(await process.count()).toBe(50);
    expect(totalOf(world)).toEqual([150, 0]);
  });
});
