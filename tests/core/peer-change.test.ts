import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { type PublicKey, peerId } from '../../src/server/core/ids.ts';
import { allowedIpsOf, confirmed, toChange } from '../../src/server/core/peer-change.ts';
import type { PeerTarget } from '../../src/server/core/ports/store.ts';
import type { LivePeer, TunnelPeer } from '../../src/server/core/ports/tunnel.ts';
import { keyOf } from '../support/store-rig.ts';

function target(change: Partial<PeerTarget> = {}): PeerTarget {
  return {
    peerId: peerId('p'),
    generation: 1,
    wanted: true,
    publicKey: keyOf(1),
    ip4: '10.66.0.2',
    ip6: 'fd00:66::2',
    retiredKeys: [],
    issue: null,
    ...change,
  };
}

function live(...peers: readonly TunnelPeer[]): ReadonlyMap<PublicKey, LivePeer> {
  const seen = {
    hasPresharedKey: false,
    endpoint: null,
    lastHandshakeAt: null,
    receivedBytes: 0,
    sentBytes: 0,
  };
  return new Map(peers.map((each) => [each.publicKey, { ...each, ...seen }]));
}

const IPS = ['10.66.0.2/32', 'fd00:66::2/128'];
const holds = (key: PublicKey, allowedIps: readonly string[] = IPS) => ({ publicKey: key, allowedIps });

describe('what to tell an interface', () => {
  test('allowed-ips are one device each, IPv4 first', () => {
    expect(allowedIpsOf(target())).toEqual(IPS);
    expect(allowedIpsOf(target({ ip6: null }))).toEqual(['10.66.0.2/32']);
  });

  test('E7: a wanted peer comes, its earlier keys go', () => {
    const change = toChange([target({ retiredKeys: [keyOf(8), keyOf(9)] })]);
    expect(change).toEqual({ remove: [keyOf(8), keyOf(9)], add: [holds(keyOf(1))] });
  });

  test('an unwanted peer goes with all its keys; one that never had a key is nothing to tell', () => {
    const change = toChange([
      target({ wanted: false, retiredKeys: [keyOf(8)] }),
      target({ wanted: false, publicKey: null }),
      target({ publicKey: null }),
    ]);
    expect(change).toEqual({ remove: [keyOf(8), keyOf(1)], add: [] });
  });
});

describe('E1: what counts as done', () => {
  const old = keyOf(9);
  const table: readonly (readonly [what: string, PeerTarget, ReadonlyMap<PublicKey, LivePeer>, boolean])[] = [
    ['wanted and there', target(), live(holds(keyOf(1))), true],
    ['wanted and there, addresses in another order', target(), live(holds(keyOf(1), IPS.toReversed())), true],
    ['wanted and missing', target(), live(), false],
    ['its address moved to another peer', target(), live(holds(keyOf(1), [])), false],
    ['one of two addresses', target(), live(holds(keyOf(1), IPS.slice(0, 1))), false],
    ['one address too many', target(), live(holds(keyOf(1), [...IPS, '0.0.0.0/0'])), false],
    [
      'there, and an old key too',
      target({ retiredKeys: [old] }),
      live(holds(keyOf(1)), holds(old, [])),
      false,
    ],
    ['there, the old key gone', target({ retiredKeys: [old] }), live(holds(keyOf(1))), true],
    ['unwanted and gone', target({ wanted: false }), live(holds(old)), true],
    ['unwanted and there', target({ wanted: false }), live(holds(keyOf(1), [])), false],
    ['unwanted, an old key there', target({ wanted: false, retiredKeys: [old] }), live(holds(old)), false],
    ['wanted without a key', target({ publicKey: null }), live(), false],
    ['unwanted without a key', target({ wanted: false, publicKey: null }), live(), true],
  ];
  for (const [what, wanted, held, done] of table) {
    test(`${what}: ${done ? 'done' : 'not done'}`, () => expect(confirmed(wanted, held)).toBe(done));
  }

  test('property: an interface that did what it was told is confirmed, whatever it held before', () => {
    const one = fc.record({
      wanted: fc.boolean(),
      keyed: fc.boolean(),
      retired: fc.integer({ min: 0, max: 3 }),
    });
    const property = fc.property(fc.array(one, { maxLength: 12 }), (all) => {
      const targets = all.map(({ wanted, keyed, retired }, index) =>
        target({
          wanted,
          publicKey: keyed || wanted ? keyOf(100 + index) : null,
          ip4: `10.66.1.${index}`,
          ip6: null,
          retiredKeys: Array.from({ length: retired }, (_, nth) => keyOf(1000 + index * 10 + nth)),
        }),
      );
      const before = targets.flatMap((each) => [...each.retiredKeys, each.publicKey ?? keyOf(5)]);
      const { remove, add } = toChange(targets);
      const kept = before.filter((key) => !remove.includes(key)).map((key) => holds(key, []));
      const after = live(...kept, ...add);
      expect(targets.every((each) => confirmed(each, after))).toBe(true);
    });
    fc.assert(property);
  });
});
