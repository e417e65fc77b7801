import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { comparePeers, diffPeers, isEmptyDiff, tunnelPeers } from '../../../src/server/core/peer-diff.ts';
import type { LivePeer, TunnelPeer } from '../../../src/server/core/ports/tunnel.ts';
import { alive, anyPeers } from '../../support/tunnel-arbitraries.ts';

const keysOf = (peers: readonly TunnelPeer[]) => peers.map((peer) => peer.publicKey).sort();

/** The dumbest way to say the same. */
function model(wanted: readonly TunnelPeer[], live: readonly LivePeer[]) {
  const same = (a: TunnelPeer, b: LivePeer) =>
    !b.hasPresharedKey && a.allowedIps.toSorted().join() === b.allowedIps.toSorted().join();
  const liveOf = (peer: TunnelPeer) => live.find((other) => other.publicKey === peer.publicKey);
  return {
    missing: keysOf(wanted.filter((peer) => liveOf(peer) === undefined)),
    changed: keysOf(wanted.filter((peer) => liveOf(peer) !== undefined && !same(peer, liveOf(peer)!))),
    extra: keysOf(live.filter((peer) => !wanted.some((other) => other.publicKey === peer.publicKey))),
  };
}

/** Live peers that share some keys with the wanted ones and differ from them in every way there is. */
const twoSides = fc
  .tuple(anyPeers, anyPeers, fc.infiniteStream(fc.integer({ min: 0, max: 4 })))
  .map(([wanted, strangers, dice]) => {
    const live = wanted.flatMap((peer): LivePeer[] => {
      const roll = dice.next().value;
      if (roll === 0) return [];
      if (roll === 1) return [alive(peer, { allowedIps: [] })];
      if (roll === 2) return [alive(peer, { hasPresharedKey: true })];
      return [alive(peer, { allowedIps: peer.allowedIps.toReversed() })];
    });
    const foreign = strangers.filter((peer) => !wanted.some((other) => other.publicKey === peer.publicKey));
    return { wanted, live: [...foreign.map((peer) => alive(peer)), ...live] };
  });

describe('the difference between database and interface', () => {
  test('says what a dumb comparison says', () => {
    fc.assert(
      fc.property(twoSides, ({ wanted, live }) => {
        const diff = diffPeers(wanted, live);
        const keys = {
          missing: keysOf(diff.missing),
          changed: keysOf(diff.changed.map((each) => each.wanted)),
          extra: keysOf(diff.extra),
        };
        expect(keys).toEqual(model(wanted, live));
      }),
    );
  });

  test('doing what it says leaves nothing to do, and doing it twice is safe', () => {
    fc.assert(
      fc.property(twoSides, ({ wanted, live }) => {
        const diff = diffPeers(wanted, live);
        const gone = new Set(
          [...diff.extra, ...diff.changed.map((each) => each.live)].map((peer) => peer.publicKey),
        );
        const after = [
          ...live.filter((peer) => !gone.has(peer.publicKey)),
          ...diff.missing.map((peer) => alive(peer)),
          ...diff.changed.map((each) => alive(each.wanted)),
        ];
        expect(isEmptyDiff(diffPeers(wanted, after))).toBe(true);
      }),
    );
  });

  test('pages of the database give the same as the whole', () => {
    fc.assert(
      fc.property(twoSides, fc.integer({ min: 1, max: 7 }), ({ wanted, live }, pageSize) => {
        const comparison = comparePeers(tunnelPeers);
        for (let at = 0; at < live.length; at += pageSize) comparison.hold(live.slice(at, at + pageSize));
        for (let at = 0; at < wanted.length; at += pageSize) comparison.see(wanted.slice(at, at + pageSize));
        expect(comparison.finish()).toEqual(diffPeers(wanted, live));
      }),
    );
  });
});
