import type { PeerId } from '../core/ids.ts';
import type { KnownTraffic } from '../core/ports/traffic.ts';

/** The peers of one node as they were counted last. In memory only: what is not here is looked up. */
export interface KnownPeers {
  has(key: string): boolean;
  /** From here on nobody was seen in this round. */
  beginRound(): void;
  /** What is known of a peer that was read in this round. */
  see(key: string): KnownTraffic | undefined;
  /** Those who were not seen; none are looked at when all were. */
  unseen(): readonly KnownTraffic[];
  /** A peer is known under its newest key alone. */
  put(peer: KnownTraffic): void;
  letGo(peer: Pick<KnownTraffic, 'key' | 'peerId'>): void;
  clear(): void;
}

export function createKnownPeers(): KnownPeers {
  const byKey = new Map<string, { peer: KnownTraffic; round: number }>();
  const keys = new Map<PeerId, string>();
  let round = 0;
  let seen = 0;
  return {
    has: (key) => byKey.has(key),
    beginRound() {
      round += 1;
      seen = 0;
    },
    see(key) {
      const entry = byKey.get(key);
      if (entry === undefined) return undefined;
      if (entry.round !== round) seen += 1;
      entry.round = round;
      return entry.peer;
    },
    unseen: () =>
      seen === byKey.size
        ? []
        : [...byKey.values()].filter((each) => each.round !== round).map((each) => each.peer),
    put(peer) {
      const former = keys.get(peer.peerId);
      if (former !== undefined && former !== peer.key) byKey.delete(former);
      keys.set(peer.peerId, peer.key);
      const entry = byKey.get(peer.key);
      if (entry) entry.peer = peer;
      else byKey.set(peer.key, { peer, round: 0 });
    },
    letGo({ key, peerId }) {
      byKey.delete(key);
      if (keys.get(peerId) === key) keys.delete(peerId);
    },
    clear() {
      byKey.clear();
      keys.clear();
    },
  };
}
