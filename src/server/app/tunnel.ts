import { join } from 'node:path';
import { sweepTemps, writeFileDurably } from '../adapters/system/durable-file.ts';
import { withFileLock } from '../adapters/system/flock.ts';
import { createConfigFile } from '../adapters/wireguard/config-file.ts';
import { detectBackend } from '../adapters/wireguard/detect-backend.ts';
import { createKeyMaker, publicKeyOf } from '../adapters/wireguard/key-maker.ts';
import { createMemoryTunnel } from '../adapters/wireguard/memory-tunnel.ts';
import { assertPrivatePlace } from '../adapters/wireguard/private-file.ts';
import { loadOrCreateServerKey } from '../adapters/wireguard/server-key.ts';
import { createWireguardTunnel } from '../adapters/wireguard/wireguard-tunnel.ts';
import type { WireguardConfig } from '../config.ts';
import { planAddresses } from '../core/address-plan.ts';
import { formatAddress } from '../core/cidr.ts';
import type { ClientConfig } from '../core/client-config.ts';
import { AppError } from '../core/errors.ts';
import type { PublicKey } from '../core/ids.ts';
import type { PoolSpec } from '../core/ports/store.ts';
import type { KeyMaker, Tunnel, TunnelConfigFile } from '../core/ports/tunnel.ts';
import type { ServerInterface } from '../core/server-interface.ts';
import type { World } from './world.ts';

/** The node of this process: its interface, its file, and what clients are told of it. */
export interface LocalNode {
  readonly tunnel: Tunnel;
  readonly file: TunnelConfigFile;
  readonly keys: KeyMaker;
  readonly publicKey: PublicKey;
  readonly endpoint: string;
  readonly pool: PoolSpec;
  /** From the next `ensureUp` on the interface carries these pools beside its own. */
  carry(added: readonly PoolSpec[]): void;
  readonly clientSettings: Omit<ClientConfig, 'privateKey' | 'addresses'>;
}

export interface LocalNodeOptions {
  readonly stateDir: string;
  readonly wireguard: WireguardConfig;
  /** False for the demo: its peers go nowhere. */
  readonly nat: boolean;
  /** What is used when the machine can carry no WireGuard. Null: that is an error. */
  readonly fallback: 'memory' | null;
}

/** Chooses the backend, loads or makes the server's key, refuses a careless wg0.conf (F-S17). Nothing is brought up yet. */
export async function createLocalNode(world: World, options: LocalNodeOptions): Promise<LocalNode> {
  const { wireguard } = options;
  const keys = createKeyMaker();
  const privateKey = await loadOrCreateServerKey({
    path: join(options.stateDir, 'wg-private.key'),
    keyMaker: keys,
  });
  // Each write looks again; at start the operator is still watching.
  await assertPrivatePlace(wireguard.configPath);
  let further: readonly string[] = [];
  const settings = { ...serverInterface(options, privateKey), further: () => further };
  const publicKey = publicKeyOf(privateKey);
  const endpoint = dialled(wireguard);
  return {
    tunnel: makeTunnel(world, wireguard, await chooseBackend(world, options), settings, publicKey),
    file: makeConfigFile(world, wireguard, settings),
    keys,
    publicKey,
    endpoint,
    pool: { cidr4: wireguard.pool, cidr6: wireguard.poolV6 },
    carry(added) {
      further = added.flatMap(({ cidr4, cidr6 }) => [cidr4, ...(cidr6 ? [cidr6] : [])]).map(serverAddress);
    },
    clientSettings: {
      dns: wireguard.dns,
      mtu: wireguard.mtu,
      serverPublicKey: publicKey,
      allowedIps: wireguard.allowedIps,
      endpoint,
      keepalive: wireguard.keepaliveSeconds,
    },
  };
}

/**
 * Refuses an interface that is there with another key: somebody's own VPN, or an Adit with another STATE_DIR. To give
 * it our key would cut off every client it has. One that is missing or does not answer is for `ensureUp` to judge.
 */
export async function refuseForeign(
  { tunnel, publicKey }: Pick<LocalNode, 'tunnel' | 'publicKey'>,
  name: string,
  signal?: AbortSignal,
): Promise<void> {
  const present = await tunnel.read(signal).catch(() => null);
  if (present === null || present.publicKey === publicKey) return;
  const message = `The interface ${name} is somebody else's: it has another key than STATE_DIR/wg-private.key.`;
  const advice = `Set WG_INTERFACE to a free name; or, when nobody uses it any more, ip link delete dev ${name}.`;
  throw new AppError('conflict', `${message} ${advice}`, { details: { theirs: present.publicKey } });
}

function makeTunnel(
  world: World,
  wireguard: WireguardConfig,
  kind: Tunnel['kind'],
  settings: ServerInterface,
  publicKey: PublicKey,
): Tunnel {
  const { listenPort, commandTimeoutMs } = wireguard;
  return kind === 'memory'
    ? createMemoryTunnel({ clock: world.clock, publicKey, listenPort })
    : createWireguardTunnel({ ...world, kind, settings, commandTimeoutMs });
}

function makeConfigFile(world: World, wireguard: WireguardConfig, server: ServerInterface): TunnelConfigFile {
  return createConfigFile({
    path: wireguard.configPath,
    lockPath: wireguard.configLockPath,
    server,
    lockTimeoutMs: wireguard.commandTimeoutMs,
    clock: world.clock,
    withFileLock,
    writeFileDurably,
    sweepTemps,
  });
}

async function chooseBackend(world: World, options: LocalNodeOptions): Promise<Tunnel['kind']> {
  const { backend } = options.wireguard;
  if (backend === 'memory') return memory(world, 'WG_BACKEND=memory');
  if (backend !== 'auto') return backend;
  const found = await detectBackend({ runner: world.runner });
  if (found.kind !== null) return found.kind;
  const why = found.reasons.join('; ');
  if (options.fallback === 'memory') return memory(world, why);
  throw new AppError(
    'unavailable',
    `This machine can carry no WireGuard: ${why}. Install wireguard-tools, and wireguard-go where the kernel has no WireGuard; run as root or with CAP_NET_ADMIN.`,
  );
}

function memory(world: World, why: string): 'memory' {
  world.log.warn({ why }, 'NO REAL TUNNEL: peers are kept in memory only and no config will ever connect');
  return 'memory';
}

function serverInterface(
  options: LocalNodeOptions,
  privateKey: ServerInterface['privateKey'],
): ServerInterface {
  const { wireguard, nat } = options;
  return {
    name: wireguard.interfaceName,
    privateKey,
    listenPort: wireguard.listenPort,
    address4: serverAddress(wireguard.pool),
    address6: wireguard.poolV6 === null ? null : serverAddress(wireguard.poolV6),
    mtu: wireguard.mtu,
    nat,
    dnsToHost: true,
  };
}

function serverAddress(pool: string): string {
  const plan = planAddresses(pool);
  return `${formatAddress(plan.server)}/${plan.network.prefix}`;
}

/** What clients dial. Only the memory backend has no endpoint of its own. */
function dialled({ endpoint, listenPort }: WireguardConfig): string {
  if (endpoint === null) return `127.0.0.1:${listenPort}`;
  const host = endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host;
  return `${host}:${endpoint.port}`;
}
