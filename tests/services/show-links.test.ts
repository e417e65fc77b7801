import { describe, expect, test } from 'bun:test';
import type { DeviceId } from '../../src/server/core/ids.ts';
import { createShowLinks } from '../../src/server/services/show-links.ts';
import { nextUpdate, startProcess, visitOf } from '../support/service-process.ts';
import { createServiceWorld, type ServiceWorld } from '../support/service-world.ts';
import { PUBLIC_URL, sale, tokens } from '../support/vless-sale.ts';

const ACCOUNT = 7;

async function worldWithLink() {
  const world = await createServiceWorld();
  const process = await startProcess(world);
  await process.visit({ kind: 'start', account: ACCOUNT });
  await process.visit({ kind: 'add-vless', account: ACCOUNT });
  await process.rest();
  const peers = [...world.database.tables.peers.values()];
  const deviceOf = (protocol: string) =>
    peers.find((each) => each.protocol === protocol)!.deviceId as DeviceId;
  return { world, process, vless: deviceOf('vless'), wireguard: deviceOf('wireguard') };
}

async function visit(world: ServiceWorld, account = ACCOUNT) {
  const id = nextUpdate();
  await world.inbox.accept([{ id, payload: {} }]);
  return visitOf(account, id);
}

describe('a link shown again', () => {
  test('is the one that was sent, of an own active VLESS device and nothing else', async () => {
    const { world, process, vless, wireguard } = await worldWithLink();
    const links = createShowLinks({ ...world, vless: sale });
    const [sent] = world.courier.messages.filter((each) => each.kind === 'link');
    expect(await links.link(await visit(world), vless)).toEqual({
      kind: 'link',
      language: 'en',
      deviceName: 'Device 2',
      link: sent!.content,
    });
    expect(await links.link(await visit(world), wireguard)).toMatchObject({ kind: 'not-found' });
    expect(await links.link(await visit(world, 8), vless)).toMatchObject({ kind: 'not-found' });
    await process.visit({ kind: 'pause', account: ACCOUNT, device: vless });
    expect(await links.link(await visit(world), vless)).toMatchObject({ kind: 'not-found' });
    const nowhere = createShowLinks({ ...world, vless: null });
    expect(await nowhere.link(await visit(world), vless)).toMatchObject({ kind: 'not-found' });
  });
});

describe('the address of a subscription', () => {
  const idOf = (url: string) => tokens.read(url.slice(`${PUBLIC_URL}/s/`.length));

  test('is the same each time it is asked for, and another one revokes it', async () => {
    const { world } = await worldWithLink();
    const links = createShowLinks({ ...world, vless: sale });
    const first = await links.subscription(await visit(world));
    if (first.kind !== 'url') throw new Error(first.kind);
    expect(first.url).toStartWith(`${PUBLIC_URL}/s/`);
    expect(await links.subscription(await visit(world))).toEqual(first);
    const again = await visit(world);
    const second = await links.renewSubscription(again);
    if (second.kind !== 'url') throw new Error(second.kind);
    expect(second.url).not.toBe(first.url);
    expect(await links.renewSubscription(again)).toEqual({ kind: 'repeat' });
    expect(await links.subscription(await visit(world))).toEqual(second);
    const { links: rows } = world.database.tables;
    expect(rows.get(idOf(first.url)!)?.revokedAt).not.toBeNull();
    expect(rows.get(idOf(second.url)!)?.revokedAt).toBeNull();
  });

  test('is nobody’s without PUBLIC_URL, without VLESS, without access', async () => {
    const { world, vless } = await worldWithLink();
    const unset = createShowLinks({ ...world, vless: { ...sale, subscriptionUrlOf: null } });
    expect(await unset.subscription(await visit(world))).toMatchObject({ kind: 'none' });
    const links = createShowLinks({ ...world, vless: sale });
    expect(await links.subscription(await visit(world, 9))).toMatchObject({ kind: 'none' });
    await world.store.transaction((tx) => tx.revokeDevice(vless, world.clock.now()));
    expect(await links.subscription(await visit(world))).toMatchObject({ kind: 'none' });
    const { world: over } = await worldWithLink();
    over.clock.advance(4 * 86_400_000);
    const ended = createShowLinks({ ...over, vless: sale });
    expect(await ended.subscription(await visit(over))).toMatchObject({ kind: 'none' });
    expect(await ended.renewSubscription(await visit(over))).toMatchObject({ kind: 'none' });
    expect(over.database.tables.links.size).toBe(0);
  });
});
