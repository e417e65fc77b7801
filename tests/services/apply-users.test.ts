import { describe, expect, test } from 'bun:test';
import { AppError } from '../../src/server/core/errors.ts';
import { chatId, type DeviceId } from '../../src/server/core/ids.ts';
import { readVlessLink } from '../../src/server/core/vless-link.ts';
import { expectAtRest } from '../support/invariants.ts';
import { startProcess } from '../support/service-process.ts';
import { createServiceWorld, type ServiceWorld } from '../support/service-world.ts';

const ACCOUNT = 7;
const CHAT = chatId(ACCOUNT);
const start = { kind: 'start', account: ACCOUNT } as const;
const addVless = { kind: 'add-vless', account: ACCOUNT } as const;

const vlessPeer = (world: ServiceWorld) =>
  [...world.database.tables.peers.values()].find((each) => each.protocol === 'vless')!;
const states = (world: ServiceWorld) =>
  world.jobs.jobs.filter((each) => each.kind === 'apply-user').map((each) => each.state);

/** A world in which account 7 has a WireGuard device that works. */
async function worldOfUser() {
  const world = await createServiceWorld();
  const process = await startProcess(world);
  await process.visit(start);
  await process.rest();
  return { world, process };
}

/** The same with a VLESS device that works. */
async function worldWithLink() {
  const { world, process } = await worldOfUser();
  await process.visit(addVless);
  await process.rest();
  return { world, process, device: vlessPeer(world).deviceId as DeviceId };
}

describe('a VLESS device', () => {
  test('E4: claims no address, and its link comes with QR and one living message', async () => {
    const { world, process } = await worldOfUser();
    const leased = () =>
      [...world.database.tables.addresses.values()].filter((each) => each.state === 'leased');
    expect(await process.visit(addVless)).toBe('issued');
    await process.rest();
    expect(leased()).toHaveLength(1);
    expect(vlessPeer(world)).toMatchObject({ nodeId: 'xray', ip4: null, publicKey: null, keyNumber: 1 });
    const [link] = world.courier.linksOf(CHAT);
    expect(readVlessLink(link!.content)).toMatchObject({
      name: 'Device 2',
      template: { flow: 'xtls-rprx-vision' },
    });
    const pictures = world.courier.messages.filter((each) => each.kind === 'photo');
    expect(pictures.at(-1)?.content).toBe(link!.content);
    expect(world.courier.messages.filter((each) => each.content === 'ready')).toHaveLength(2);
    await expectAtRest(world);
  });

  test('counts among the devices of an account', async () => {
    const { world, process } = await worldWithLink();
    expect(await process.visit(addVless)).toBe('issued');
    await process.rest();
    expect(await process.visit(addVless)).toBe('device-limit');
    await expectAtRest(world);
  });

  test('a new key is another id; the old one is gone from the inbound', async () => {
    const { world, process, device } = await worldWithLink();
    const before = (await world.inbound.read()).users[0]!;
    await process.visit({ kind: 'reissue', account: ACCOUNT, device });
    await process.rest();
    const { users } = await world.inbound.read();
    expect(users).toHaveLength(1);
    expect(users[0]!.vlessId).not.toBe(before.vlessId);
    expect(world.courier.linksOf(CHAT)).toHaveLength(2);
    await expectAtRest(world);
  });

  test('pause takes the user off the inbound, and resume brings the very same link back', async () => {
    const { world, process, device } = await worldWithLink();
    const before = (await world.inbound.read()).users;
    await process.visit({ kind: 'pause', account: ACCOUNT, device });
    await process.rest();
    expect((await world.inbound.read()).users).toEqual([]);
    await process.visit({ kind: 'resume', account: ACCOUNT, device });
    await process.rest();
    expect((await world.inbound.read()).users).toEqual(before);
    expect(world.courier.linksOf(CHAT)).toHaveLength(1);
  });

  test('re-issue of a paused one: it comes back with another id', async () => {
    const { world, process, device } = await worldWithLink();
    const before = (await world.inbound.read()).users[0]!;
    await process.visit({ kind: 'pause', account: ACCOUNT, device });
    await process.visit({ kind: 'reissue', account: ACCOUNT, device });
    await process.rest();
    const { users } = await world.inbound.read();
    expect(users.map((each) => each.vlessId)).not.toContain(before.vlessId);
    await expectAtRest(world);
  });

  test('F-J5: the end of access takes it off', async () => {
    const { world, process } = await worldWithLink();
    world.clock.advance(3 * 86_400_000 + 1);
    await world.store.expire(world.clock.now(), 100);
    await process.rest();
    expect((await world.inbound.read()).users).toEqual([]);
  });
});

describe('an inbound that does not do what it was told', () => {
  test('F-L2: away: the jobs fail, nothing is marked applied, WireGuard goes on, and it heals', async () => {
    const { world, process } = await worldOfUser();
    world.inbound.setAway(true);
    await process.visit(addVless);
    await process.visit({ kind: 'add', account: ACCOUNT });
    await process.drain();
    expect(states(world)).toEqual(['retry']);
    expect(vlessPeer(world).appliedGeneration).toBe(0);
    expect(world.courier.linksOf(CHAT)).toHaveLength(0);
    expect(world.courier.documentsOf(CHAT)).toHaveLength(2);
    world.inbound.setAway(false);
    await process.rest();
    await expectAtRest(world);
  });

  test('one that swallows an addition is read back, and nothing is told', async () => {
    const { world } = await worldOfUser();
    const real = world.inbound.apply;
    let deaf = true;
    world.inbound.apply = async (change, signal) => (deaf ? undefined : real(change, signal));
    const process = await startProcess(world);
    await process.visit(addVless);
    await process.drain();
    expect(world.courier.linksOf(CHAT)).toHaveLength(0);
    expect(states(world)).toEqual(['retry']);
    deaf = false;
    await process.rest();
    await expectAtRest(world);
  });

  test('one that refuses for good: the user is told in the end, and the job is dead and visible', async () => {
    const { world, process } = await worldOfUser();
    world.inbound.setAway(true);
    await process.visit(addVless);
    await process.rest().catch(() => undefined);
    for (let tries = 0; tries < 30 && states(world)[0] !== 'dead'; tries += 1) {
      world.clock.advance(600_000);
      await process.drain();
    }
    expect(states(world)).toEqual(['dead']);
    expect(world.courier.messages.filter((each) => each.content === 'sorry')).toHaveLength(1);
  });
});

describe('a delivery', () => {
  test('E7: the link is not sent again after a crash that came when Telegram had taken it', async () => {
    const { world } = await worldOfUser();
    const process = await startProcess(world, {
      courier: (real) => ({
        ...real,
        async deliverLink(parcel, onLink) {
          await real.deliverLink({ ...parcel, qrPng: () => Promise.reject(lost()) }, onLink);
          return { kind: 'delivered' };
        },
      }),
    });
    await process.visit(addVless);
    await process.drain();
    expect(world.courier.linksOf(CHAT)).toHaveLength(1);
    const next = await startProcess(world);
    await next.rest();
    expect(world.courier.linksOf(CHAT)).toHaveLength(1);
    await expectAtRest(world);
  });

  test('F-L4: Telegram asks to wait: the job waits too, and no try is counted', async () => {
    const { world, process } = await worldOfUser();
    world.courier.later.set(CHAT, 60_000);
    await process.visit(addVless);
    await process.drain();
    expect(states(world)).toEqual(['created']);
    world.courier.later.delete(CHAT);
    await process.rest();
    await expectAtRest(world);
  });

  test('F-G6: somebody who blocked the bot is noted, and the job is done', async () => {
    const { world, process } = await worldOfUser();
    world.courier.blocked.add(CHAT);
    await process.visit(addVless);
    await process.rest();
    expect(states(world)).toEqual(['completed']);
    expect([...world.database.tables.accounts.values()][0]?.blockedAt).not.toBeNull();
  });
});

const lost = () => new AppError('unavailable', 'The answer was lost.');
