import type { PublicKey } from './ids.ts';
import type { LivePeer, TunnelPeer } from './ports/tunnel.ts';

/** What separates an interface from the database. A value: nothing is done about it here. Each list by key. */
export interface PeerDiff {
  /** Wanted, and not there. */
  readonly missing: readonly TunnelPeer[];
  /** There with other allowed-ips, or with a preshared key nobody asked for: as they are wanted. */
  readonly changed: readonly TunnelPeer[];
  /** There, and not wanted. Whether such a peer is removed is for the policy to say. */
  readonly extra: readonly LivePeer[];
}

/** A comparison under way: the database is read in pages, and the event loop gets its turn between them. */
export interface PeerComparison {
  /** The next page of wanted peers, in any order. A key stands in one page, once. */
  see(wanted: readonly TunnelPeer[]): void;
  /** Call it after the last page only: whatever was not seen by then counts as extra. */
  finish(): PeerDiff;
}

/**
 * Compares page by page. Live peers are kept in a map by key: with 50,000 of them that takes a sixth of the
 * time of sorting both sides first.
 */
export function comparePeers(live: readonly LivePeer[]): PeerComparison {
  const unseen = new Map(live.map((peer) => [peer.publicKey, peer]));
  const missing: TunnelPeer[] = [];
  const changed: TunnelPeer[] = [];
  return {
    see(wanted) {
      for (const peer of wanted) {
        const present = unseen.get(peer.publicKey);
        if (present === undefined) missing.push(peer);
        else if (differs(peer, present)) changed.push(peer);
        unseen.delete(peer.publicKey);
      }
    },
    finish: () => ({ missing: byKey(missing), changed: byKey(changed), extra: byKey([...unseen.values()]) }),
  };
}

/** The whole comparison at once, for lists that are in hand anyway. */
export function diffPeers(wanted: readonly TunnelPeer[], live: readonly LivePeer[]): PeerDiff {
  const comparison = comparePeers(live);
  comparison.see(wanted);
  return comparison.finish();
}

export const isEmptyDiff = (diff: PeerDiff): boolean =>
  diff.missing.length === 0 && diff.changed.length === 0 && diff.extra.length === 0;

function differs(wanted: TunnelPeer, live: LivePeer): boolean {
  if (live.hasPresharedKey || wanted.allowedIps.length !== live.allowedIps.length) return true;
  return wanted.allowedIps.some((allowed) => !live.allowedIps.includes(allowed));
}

function byKey<P extends { readonly publicKey: PublicKey }>(peers: readonly P[]): readonly P[] {
  return peers.toSorted((a, b) => (a.publicKey < b.publicKey ? -1 : a.publicKey > b.publicKey ? 1 : 0));
}
