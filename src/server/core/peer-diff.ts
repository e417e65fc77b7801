import type { PublicKey } from './ids.ts';
import type { LivePeer, TunnelPeer } from './ports/tunnel.ts';

/** What separates an interface from the database. A value: nothing is done about it here. */
export interface PeerDiff {
  /** Wanted, and not there. */
  readonly missing: readonly TunnelPeer[];
  /** There with other allowed-ips, or with a preshared key nobody asked for: as they are wanted. */
  readonly changed: readonly TunnelPeer[];
  /** There, and not wanted. Whether such a peer is removed is for the policy to say. */
  readonly extra: readonly LivePeer[];
}

/**
 * Both lists are walked once, side by side, in the order of their keys; lists in any other order are sorted
 * first. A key that stands twice in `wanted` counts once: the last one wins, as it would on an interface.
 */
export function diffPeers(wanted: readonly TunnelPeer[], live: readonly LivePeer[]): PeerDiff {
  const want = sortedByKey(wanted);
  const have = sortedByKey(live);
  const diff = { missing: [] as TunnelPeer[], changed: [] as TunnelPeer[], extra: [] as LivePeer[] };
  let w = 0;
  let h = 0;
  while (w < want.length || h < have.length) {
    if (w + 1 < want.length && want[w]!.publicKey === want[w + 1]!.publicKey) {
      w++;
      continue;
    }
    const side = compareKeys(want[w]?.publicKey, have[h]?.publicKey);
    if (side < 0) diff.missing.push(want[w]!);
    else if (side > 0) diff.extra.push(have[h]!);
    else if (differs(want[w]!, have[h]!)) diff.changed.push(want[w]!);
    if (side <= 0) w++;
    if (side >= 0) h++;
  }
  return diff;
}

export const isEmptyDiff = (diff: PeerDiff): boolean =>
  diff.missing.length === 0 && diff.changed.length === 0 && diff.extra.length === 0;

/** The end of a list sorts behind every key. */
function compareKeys(a: PublicKey | undefined, b: PublicKey | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return a < b ? -1 : 1;
}

function differs(wanted: TunnelPeer, live: LivePeer): boolean {
  if (live.hasPresharedKey || wanted.allowedIps.length !== live.allowedIps.length) return true;
  return wanted.allowedIps.some((allowed) => !live.allowedIps.includes(allowed));
}

/** Sorting 50,000 peers costs tens of milliseconds; the database hands them over in order already. */
function sortedByKey<P extends TunnelPeer>(peers: readonly P[]): readonly P[] {
  const inOrder = peers.every((peer, index) => index === 0 || peers[index - 1]!.publicKey <= peer.publicKey);
  return inOrder ? peers : peers.toSorted((a, b) => compareKeys(a.publicKey, b.publicKey));
}
