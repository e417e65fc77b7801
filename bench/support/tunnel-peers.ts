import type { PublicKey } from '../../src/server/core/ids.ts';
import { diffPeers, isEmptyDiff } from '../../src/server/core/peer-diff.ts';
import type { Tunnel, TunnelPeer } from '../../src/server/core/ports/tunnel.ts';
import { check } from './scoreboard.ts';

/** Peers `from` … `from + count - 1` of 10.66.0.0/16 with an IPv6 address beside, under random keys: an interface takes any. */
export function somePeers(from: number, count: number): readonly TunnelPeer[] {
  return Array.from({ length: count }, (_, index) => peerAt(from + index));
}

function peerAt(offset: number): TunnelPeer {
  const key = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64') as PublicKey;
  return {
    publicKey: key,
    allowedIps: [`10.66.${offset >> 8}.${offset & 255}/32`, `fd00:66::${offset.toString(16)}/128`],
  };
}

/** The interface holds these peers with these addresses, and nothing else. */
export async function checkInterface(
  tunnel: Tunnel,
  wanted: readonly TunnelPeer[],
  after: string,
): Promise<void> {
  const { peers } = await tunnel.read();
  check(peers.length === wanted.length, `${after}: ${peers.length} peers in place of ${wanted.length}`);
  check(isEmptyDiff(diffPeers(wanted, peers)), `${after}: the interface is not what was wanted`);
}
