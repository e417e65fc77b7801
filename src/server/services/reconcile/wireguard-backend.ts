import type { NodeId, PublicKey } from '../../core/ids.ts';
import { hashLine } from '../../core/line-hash.ts';
import { tunnelPeers } from '../../core/peer-diff.ts';
import { bucketOf, wantedLine } from '../../core/peer-digest.ts';
import type { Backend } from '../../core/ports/backend.ts';
import type { PeerStore } from '../../core/ports/store.ts';
import type { BriefPeer, Tunnel, TunnelPeer } from '../../core/ports/tunnel.ts';
import type { SaveConfig } from '../save-config.ts';

export interface WireguardBackendDeps {
  readonly node: NodeId;
  readonly peers: Pick<PeerStore, 'wanted' | 'wantedDigest' | 'standing'>;
  readonly tunnel: Tunnel;
  readonly saving: Pick<SaveConfig, 'bring' | 'differs'>;
  /** Before the interface is brought up: what it must carry may have changed. */
  prepare?(): Promise<void>;
}

/** A WireGuard interface as a reconcile sees it. Keys are public keys; what must fit are allowed-ips and no preshared key. */
export function createWireguardBackend(deps: WireguardBackendDeps): Backend<TunnelPeer, BriefPeer> {
  const { node, peers, tunnel, saving } = deps;
  return {
    ...tunnelPeers,
    node,
    protocol: 'wireguard',
    describe,
    async ensureUp(signal) {
      await deps.prepare?.();
      await tunnel.ensureUp(signal);
    },
    read: async (signal, buckets) =>
      buckets ? tunnel.readSome(buckets, signal) : (await tunnel.read(signal)).peers,
    digest: {
      wanted: () => peers.wantedDigest(node),
      live: (signal) => tunnel.digest(signal),
      bucketOfWanted: (peer) => bucketOf(hashLine(wantedLine(peer))),
    },
    wanted: (buckets) => peers.wanted(node, buckets),
    standing: (keys) => peers.standing(node, keys as readonly PublicKey[]),
    apply: ({ remove, add }, signal) => tunnel.apply({ remove: remove as readonly PublicKey[], add }, signal),
    bringConfig: saving.bring,
    configDiffers: saving.differs,
    allowedIpsOf: (live) => live.allowedIps,
  };
}

function describe(wanted: TunnelPeer | null, live: BriefPeer | null): string {
  const there = live && [ips(live), ...(live.hasPresharedKey ? ['a preshared key'] : [])].join(', ');
  if (wanted === null) return there ?? '';
  return there === null ? ips(wanted) : `${there}; wanted: ${ips(wanted)}`;
}

const ips = ({ allowedIps }: TunnelPeer) => (allowedIps.length === 0 ? '(none)' : allowedIps.join(', '));
