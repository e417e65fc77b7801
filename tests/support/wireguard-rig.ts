/** A server's machine with a real WireGuard interface, and devices that come in from machines of their own. */
import { systemClock } from '../../src/server/adapters/system/clock.ts';
import { createKeyMaker } from '../../src/server/adapters/wireguard/key-maker.ts';
import { createWireguardTunnel } from '../../src/server/adapters/wireguard/wireguard-tunnel.ts';
import { renderClientConfig } from '../../src/server/core/client-config.ts';
import type { PublicKey } from '../../src/server/core/ids.ts';
import type { Tunnel, TunnelPeer } from '../../src/server/core/ports/tunnel.ts';
import type { ServerInterface } from '../../src/server/core/server-interface.ts';
import { createNamespace, type Namespace } from './netns.ts';
import { type WireguardClient, wireguardClient } from './wireguard-client.ts';

export interface ServerMachine {
  readonly namespace: Namespace;
  readonly settings: ServerInterface;
  readonly publicKey: PublicKey;
  readonly tunnel: Tunnel;
  /** The same tunnel for a caller with little patience. */
  impatient(commandTimeoutMs: number): Tunnel;
}

export interface Device {
  readonly namespace: Namespace;
  readonly peer: TunnelPeer;
  readonly client: WireguardClient;
}

const keyMaker = createKeyMaker();

/** A machine with a tunnel that is not up yet. */
export async function serverMachine(
  options: Partial<ServerInterface> & { kind?: 'kernel' | 'userspace' } = {},
): Promise<ServerMachine> {
  const { kind = 'userspace', ...overrides } = options;
  const namespace = await createNamespace();
  const { privateKey, publicKey } = keyMaker.keyPair();
  const settings: ServerInterface = {
    name: 'wg0',
    privateKey,
    listenPort: 51820,
    address4: '10.66.0.1/16',
    address6: 'fd00:66::1/64',
    mtu: 1420,
    nat: true,
    dnsToHost: true,
    ...overrides,
  };
  const { runner } = namespace;
  const impatient = (commandTimeoutMs: number): Tunnel =>
    createWireguardTunnel({ runner, clock: systemClock, kind, settings, commandTimeoutMs });
  return { namespace, settings, publicKey, tunnel: impatient(10_000), impatient };
}

export const peerAt = (offset: number, publicKey: PublicKey = keyMaker.keyPair().publicKey): TunnelPeer => ({
  publicKey,
  allowedIps: [`10.66.${offset >> 8}.${offset & 255}/32`, `fd00:66::${offset.toString(16)}/128`],
});

/** Puts a peer on the server and brings its device up, on a new machine with a cable to the server. */
export async function enrol(server: ServerMachine, offset: number): Promise<Device> {
  const pair = keyMaker.keyPair();
  const peer = peerAt(offset, pair.publicKey);
  await server.tunnel.apply({ remove: [], add: [peer] });
  const namespace = await createNamespace();
  const cable = await namespace.connect(server.namespace);
  const conf = renderClientConfig({
    privateKey: pair.privateKey,
    addresses: peer.allowedIps,
    dns: ['1.1.1.1'],
    mtu: 1420,
    serverPublicKey: server.publicKey,
    allowedIps: ['0.0.0.0/0', '::/0'],
    endpoint: `${cable.there.address4}:${server.settings.listenPort}`,
    keepalive: 1,
  });
  return { namespace, peer, client: await wireguardClient(namespace, conf) };
}
