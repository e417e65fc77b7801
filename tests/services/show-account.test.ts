import { describe, expect, test } from 'bun:test';
import { AppError } from '../../src/server/core/errors.ts';
import { accountId } from '../../src/server/core/ids.ts';
import type { Tunnel } from '../../src/server/core/ports/tunnel.ts';
import { startProcess } from '../support/service-process.ts';
import { createServiceWorld } from '../support/service-world.ts';

const ID = accountId(7);

async function worldWithDevice(tunnel?: (real: Tunnel) => Tunnel) {
  const world = await createServiceWorld({ cidr6: 'fd00:66::/64' });
  const first = await startProcess(world);
  await first.visit({ kind: 'start', account: 7 });
  await first.rest();
  const process = await startProcess(world, { tunnel });
  const peer = [...world.database.tables.peers.values()][0]!;
  return { world, process, peer };
}

describe('an account as its user sees it', () => {
  test('somebody who never came is nobody', async () => {
    const process = await startProcess(await createServiceWorld());
    expect(await process.desk.account(ID)).toBeNull();
  });

  test('E12: the last handshake and the traffic, named from the device’s side', async () => {
    const { world, process, peer } = await worldWithDevice();
    world.clock.advance(5_000);
    world.tunnel.handshake(peer.publicKey!, '198.51.100.7:4711', 1_000, 20_000);
    const view = await process.desk.account(ID);
    expect(view).toMatchObject({ nodeAnswers: true, trialUsed: true, deviceLimit: 3, language: 'en' });
    expect(view?.readAt).toEqual(world.clock.now());
    expect(view?.devices).toMatchObject([
      {
        name: 'Device 1',
        state: 'active',
        applied: true,
        delivered: true,
        ip4: peer.ip4,
        ip6: peer.ip6,
        lastHandshakeAt: world.clock.now(),
        uploadedBytes: 1_000,
        downloadedBytes: 20_000,
      },
    ]);
  });

  test('E12: an interface that does not answer is said; everything else is still shown', async () => {
    const { world, process } = await worldWithDevice((real) => ({
      ...real,
      read: async () => {
        throw new AppError('timeout', 'wg did not answer.');
      },
    }));
    const view = await process.desk.account(ID);
    expect(view).toMatchObject({
      nodeAnswers: false,
      devices: [{ lastHandshakeAt: null, uploadedBytes: null }],
    });
    expect(view?.until).not.toBeNull();
    expect(world.logLines.some((each) => each.level === 'warn')).toBe(true);
  });

  test('D7: many users at once cost one reading of the interface; a second later it is read again', async () => {
    const { world, process } = await worldWithDevice();
    const reads = () => process.life.effects.filter((each) => each === 'tunnel.read').length;
    await Promise.all(Array.from({ length: 50 }, () => process.desk.account(ID)));
    expect(reads()).toBe(1);
    world.clock.advance(1_001);
    await process.desk.account(ID);
    expect(reads()).toBe(2);
  });

  test('an ended subscription is shown as none, the trial as used', async () => {
    const { world, process } = await worldWithDevice();
    world.clock.advance(3 * 86_400_000);
    expect(await process.desk.account(ID)).toMatchObject({ until: null, trialUsed: true });
  });
});
