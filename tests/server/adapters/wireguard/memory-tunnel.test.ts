import { expect, test } from 'bun:test';
import { createMemoryTunnel } from '../../../../src/server/adapters/wireguard/memory-tunnel.ts';
import type { Clock } from '../../../../src/server/core/ports/clock.ts';
import { tunnelContract } from '../../../contracts/tunnel.contract.ts';
import { peerAt } from '../../../support/wireguard-rig.ts';

const at = new Date('2026-01-02T03:04:05Z');
const clock = { now: () => at } as Clock;
const open = () => createMemoryTunnel({ clock, publicKey: peerAt(1).publicKey, listenPort: 51820 });

tunnelContract('in memory', async () => {
  const tunnel = open();
  const { publicKey, listenPort } = await tunnel.ensureUp().then(() => tunnel.read());
  return {
    tunnel,
    publicKey,
    listenPort,
    setPresharedKey: async (key) => tunnel.setPresharedKey(key),
    dispose: async () => {},
  };
});

test('a handshake that is played shows up, and its bytes add up', async () => {
  const tunnel = open();
  await tunnel.ensureUp();
  const peer = peerAt(2);
  await tunnel.apply({ remove: [], add: [peer] });
  tunnel.handshake(peer.publicKey, '192.0.2.7:4444', 100, 50);
  tunnel.handshake(peer.publicKey, '192.0.2.8:4444', 1, 2);
  const seen = { endpoint: '192.0.2.8:4444', lastHandshakeAt: at, receivedBytes: 101, sentBytes: 52 };
  expect((await tunnel.read()).peers).toMatchObject([seen]);
});

test('a peer that is put again keeps what was seen of it', async () => {
  const tunnel = open();
  await tunnel.ensureUp();
  const peer = peerAt(2);
  await tunnel.apply({ remove: [], add: [peer] });
  tunnel.handshake(peer.publicKey, '192.0.2.7:4444', 100, 50);
  await tunnel.apply({ remove: [], add: [{ ...peer, allowedIps: ['10.66.9.9/32'] }] });
  expect((await tunnel.read()).peers).toMatchObject([{ endpoint: '192.0.2.7:4444', receivedBytes: 100 }]);
});
