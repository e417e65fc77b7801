import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  assertKeeps,
  assertPaired,
  deviceAddress,
  deviceAllowedIps,
  isReservedOffset,
  offsetOf,
  planAddresses,
} from '../../../src/server/core/address-plan.ts';
import { formatAddress, parseAddress } from '../../../src/server/core/cidr.ts';

describe('F-A7: a pool never gives away what is not for devices', () => {
  test('a /24 keeps .0, .1 and .255 and has 253 devices', () => {
    const plan = planAddresses('10.66.0.0/24');
    expect(formatAddress(plan.server)).toBe('10.66.0.1');
    expect(plan.devices).toBe(253);
    expect([0, 1, 255].map((offset) => isReservedOffset(plan, offset))).toEqual([true, true, true]);
    expect(formatAddress(deviceAddress(plan, 2))).toBe('10.66.0.2');
    expect(formatAddress(deviceAddress(plan, 254))).toBe('10.66.0.254');
  });

  test.each([
    [0, 'the address of the network'],
    [1, 'the address of the server'],
    [255, 'the broadcast address'],
    [256, 'outside the pool'],
    [-1, 'outside the pool'],
    [2.5, 'outside the pool'],
  ])('offset %d is refused: %s', (offset, reason) => {
    expect(() => deviceAddress(planAddresses('10.66.0.0/24'), offset)).toThrow(reason);
  });

  test.each(['10.66.0.0/31', '10.66.0.0/32', 'fd00::/127', 'fd00::/128'])(
    '%s has no room, and says so',
    (text) => {
      expect(() => planAddresses(text)).toThrow('no room for a server and a device');
    },
  );

  test('the smallest pool, a /30, has one device', () => {
    const plan = planAddresses('10.66.0.0/30');
    expect(plan.devices).toBe(1);
    expect(formatAddress(deviceAddress(plan, 2))).toBe('10.66.0.2');
  });

  test('a pool with a host part names the network that was meant', () => {
    expect(() => planAddresses('10.66.7.9/16')).toThrow('did you mean 10.66.0.0/16?');
  });

  test('a pool wider than a /8 is refused', () => {
    expect(() => planAddresses('10.0.0.0/7')).toThrow('wider than a /8');
  });

  test('a prefix shrink that loses an address in use is refused, and names it', () => {
    const inUse = ['10.66.0.9', '10.66.3.7', '10.66.4.1'].map(parseAddress);
    expect(() => assertKeeps(planAddresses('10.66.0.0/24'), inUse)).toThrow(
      'leaves out 2 addresses in use, the first is 10.66.3.7',
    );
    expect(() => assertKeeps(planAddresses('10.66.0.0/16'), inUse)).not.toThrow();
  });

  test('a shrink that makes a device the broadcast address is refused', () => {
    expect(() => assertKeeps(planAddresses('10.66.0.0/25'), [parseAddress('10.66.0.127')])).toThrow(
      '10.66.0.127',
    );
  });

  test('IPv6 follows from the IPv4 offset', () => {
    const [v4, v6] = [planAddresses('10.66.0.0/16'), planAddresses('fd00:66::/64')];
    expect(deviceAllowedIps(v4, v6, 258)).toEqual(['10.66.1.2/32', 'fd00:66::102/128']);
    expect(deviceAllowedIps(v4, null, 258)).toEqual(['10.66.1.2/32']);
    expect(() => assertPaired(v4, v6)).not.toThrow();
    expect(() => assertPaired(v4, planAddresses('fd00:66::/120'))).toThrow('fewer than');
  });

  test('every device offset has an address of its own, inside the pool and not reserved', () => {
    const prefix = fc.integer({ min: 22, max: 30 });
    fc.assert(
      fc.property(prefix, (length) => {
        const plan = planAddresses(`10.66.0.0/${length}`);
        const offsets = Array.from({ length: plan.devices }, (_, index) => plan.firstDeviceOffset + index);
        const texts = new Set(offsets.map((offset) => formatAddress(deviceAddress(plan, offset))));
        expect(texts.size).toBe(2 ** (32 - length) - 3);
        expect(texts.has(formatAddress(plan.server))).toBe(false);
        expect(offsets.every((offset) => offsetOf(plan, deviceAddress(plan, offset)) === offset)).toBe(true);
      }),
    );
  });
});
