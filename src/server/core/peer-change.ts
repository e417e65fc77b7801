import type { PrivateKey, PublicKey } from './ids.ts';
import type { PeerTarget, PendingIssue } from './ports/store.ts';
import type { LivePeer, TunnelChange, TunnelPeer } from './ports/tunnel.ts';

/** A config that is due, with the private key just made for it. The key is never written down. */
export interface FreshIssue {
  readonly issue: PendingIssue;
  readonly privateKey: PrivateKey;
}

/** A target, with the key just made for it when its config is to be delivered now. */
export interface KeyedTarget extends PeerTarget {
  readonly fresh: FreshIssue | null;
}

type Addressed = Pick<PeerTarget, 'ip4' | 'ip6'>;

/** The CIDRs a peer may use, as WireGuard prints them. */
export const allowedIpsOf = ({ ip4, ip6 }: Addressed): readonly string[] =>
  ip6 === null ? [`${ip4}/32`] : [`${ip4}/32`, `${ip6}/128`];

/** What to tell the interface: retired keys and unwanted peers go, wanted ones come. Removals are done first. */
export function toChange(targets: readonly PeerTarget[]): TunnelChange {
  const remove = targets.flatMap((each) => [
    ...each.retiredKeys,
    ...(!each.wanted && each.publicKey !== null ? [each.publicKey] : []),
  ]);
  const add = targets.flatMap((each): TunnelPeer[] =>
    each.wanted && each.publicKey !== null
      ? [{ publicKey: each.publicKey, allowedIps: allowedIpsOf(each) }]
      : [],
  );
  return { remove, add };
}

/** True when an interface that was read back holds exactly what this target wants. */
export function confirmed(target: PeerTarget, live: ReadonlyMap<PublicKey, LivePeer>): boolean {
  if (target.retiredKeys.some((key) => live.has(key))) return false;
  if (target.publicKey === null) return !target.wanted;
  const peer = live.get(target.publicKey);
  if (!target.wanted) return peer === undefined;
  return peer !== undefined && sameIps(peer.allowedIps, allowedIpsOf(target));
}

function sameIps(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each) => b.includes(each));
}
