/** wg0.conf is enough without Adit: after a reboot, or in an emergency, `wg-quick up` brings the same interface. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test';
import { systemClock } from '../../../../src/server/adapters/system/clock.ts';
import { sweepTemps, writeFileDurably } from '../../../../src/server/adapters/system/durable-file.ts';
import { withFileLock } from '../../../../src/server/adapters/system/flock.ts';
import { createConfigFile } from '../../../../src/server/adapters/wireguard/config-file.ts';
import type { TunnelPeer } from '../../../../src/server/core/ports/tunnel.ts';
import { parseServerConfig } from '../../../../src/server/core/server-config.ts';
import { tempFolder } from '../../../support/machine.ts';
import {
  type Device,
  enrol,
  peerAt,
  type ServerMachine,
  serverMachine,
} from '../../../support/wireguard-rig.ts';

// Beyond its limit Bun kills what a test started, and the namespaces with it.
setDefaultTimeout(30_000);

let server: ServerMachine;
let device: Device;
let peers: readonly TunnelPeer[];
let folder: Awaited<ReturnType<typeof tempFolder>>;

beforeAll(async () => {
  [server, folder] = await Promise.all([serverMachine(), tempFolder()]);
  await server.tunnel.ensureUp();
  device = await enrol(server, 2);
  peers = [device.peer, ...Array.from({ length: 20 }, (_, index) => peerAt(index + 3))];
  const path = folder.file('wg0.conf');
  const lockPath = folder.file('lock');
  const system = { clock: systemClock, withFileLock, writeFileDurably, sweepTemps, lockTimeoutMs: 5_000 };
  await createConfigFile({ ...system, path, lockPath, server: server.settings }).write(peers);
});
afterAll(async () => {
  await Promise.all([server, device].map((machine) => machine?.namespace.dispose()));
  await folder?.[Symbol.asyncDispose]();
});

/** In a session of its own: the daemon it starts must outlive the command. */
const wgQuick = (verb: 'up' | 'down') =>
  server.namespace.exec(['setsid', '--wait', 'wg-quick', verb, folder.file('wg0.conf')]);

const ruleset = async () => (await server.namespace.exec(['nft', 'list', 'ruleset'])).stdout;
const sorted = (list: readonly TunnelPeer[]) =>
  list.map((peer) => `${peer.publicKey} ${peer.allowedIps}`).sort();

test('wg-quick strip reads our file as we do', async () => {
  const { stdout } = await server.namespace.exec(['wg-quick', 'strip', folder.file('wg0.conf')]);
  const text = await Bun.file(folder.file('wg0.conf')).text();
  const stripped = stdout
    .split('[Peer]')
    .slice(1)
    .map((section) => ({
      publicKey: /^PublicKey = (.+)$/m.exec(section)![1] as TunnelPeer['publicKey'],
      allowedIps: /^AllowedIPs = (.+)$/m.exec(section)![1]!.split(', '),
    }));
  expect(sorted(stripped)).toEqual(sorted(peers));
  expect(sorted(parseServerConfig(text).peers)).toEqual(sorted(peers));
});

test('wg-quick up makes the interface and the firewall that Adit makes, and devices come in', async () => {
  const wall = await ruleset();
  await server.tunnel.remove();
  expect(await ruleset()).toBe('');
  await wgQuick('up');
  expect(await ruleset()).toBe(wall);
  expect(sorted((await server.tunnel.read()).peers)).toEqual(sorted(peers));
  await device.client.reconnect();
  await device.client.handshake();
  expect(await device.client.ping('10.66.0.1')).toBe(true);
});

test('Adit takes over what wg-quick brought up, and its devices do not notice', async () => {
  const before = await device.client.lastHandshake();
  expect(await server.tunnel.ensureUp()).toEqual({ created: false });
  expect(await device.client.ping('10.66.0.1')).toBe(true);
  expect(await device.client.lastHandshake()).toBe(before);
  expect(sorted((await server.tunnel.read()).peers)).toEqual(sorted(peers));
});

test('wg-quick down takes the interface and the firewall away', async () => {
  await wgQuick('down');
  expect(await ruleset()).toBe('');
  expect(await server.tunnel.ensureUp()).toEqual({ created: true });
});
