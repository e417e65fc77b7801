import { describe, expect, test } from 'bun:test';
import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import {
  containsAddress,
  containsNetwork,
  formatAddress,
  formatCidr,
  networkOf,
  parseAddress,
  parseCidr,
  sizeOf,
} from '../../../src/server/core/cidr.ts';

const anyAddress = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }).map((value) => ({ family: 4 as const, value })),
  fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map((value) => ({ family: 6 as const, value })),
);

describe('addresses', () => {
  test.each([
    ['2001:0DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['::', '::'],
    ['1::', '1::'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['10.66.0.255', '10.66.0.255'],
  ])('%s is written as %s (RFC 5952)', (text, canonical) => {
    expect(formatAddress(parseAddress(text))).toBe(canonical);
  });

  test.each([
    '',
    '10.66.0',
    '10.66.0.256',
    '010.66.0.1',
    '10.66.0.1\n',
    ' 10.66.0.1',
    '1.2.3.4.5',
    ':',
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    '1:2:3:4:5:6:7::8:9',
    '12345::',
    'fe80::1%eth0',
    '1.2.3.4::',
    '::1.2.3.256',
    'g::',
  ])('%j is refused', (text) => {
    expect(() => parseAddress(text)).toThrow('is not an IP address');
  });

  test('what is written is read back the same', () => {
    fc.assert(
      fc.property(anyAddress, (address) => {
        expect(parseAddress(formatAddress(address))).toEqual(address);
      }),
    );
  });

  test('accepts what the runtime accepts, and nothing else', () => {
    const text = fc.oneof(fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[0-9a-f:.]{0,20}$/));
    fc.assert(
      fc.property(text, (candidate) => {
        const known = isIPv4(candidate) || isIPv6(candidate);
        if (known) expect(parseAddress(candidate)).toBeDefined();
        else expect(() => parseAddress(candidate)).toThrow();
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('networks', () => {
  test.each([
    '10.66.0.0',
    '10.66.0.0/33',
    '10.66.0.0/',
    '10.66.0.0/-1',
    '10.66.0.0/016',
    '::/129',
    '/8',
    '10.66.0.0/8\n',
  ])('%j is refused', (text) => {
    expect(() => parseCidr(text)).toThrow();
  });

  test('what is written is read back the same, at every prefix', () => {
    fc.assert(
      fc.property(anyAddress, fc.nat(128), (address, length) => {
        const cidr = { address, prefix: address.family === 4 ? length % 33 : length };
        expect(parseCidr(formatCidr(cidr))).toEqual(cidr);
      }),
    );
  });

  test('a network contains its first and last address and neither neighbour', () => {
    fc.assert(
      fc.property(anyAddress, fc.integer({ min: 1, max: 32 }), (address, prefix) => {
        const network = networkOf({ address, prefix });
        const at = (value: bigint) => ({ family: address.family, value });
        const first = network.address.value;
        expect(containsAddress(network, address)).toBe(true);
        expect(containsAddress(network, at(first + sizeOf(network) - 1n))).toBe(true);
        if (first > 0n) expect(containsAddress(network, at(first - 1n))).toBe(false);
        expect(containsAddress(network, at(first + sizeOf(network)))).toBe(false);
      }),
    );
  });

  test('a network holds smaller ones of its own family only', () => {
    expect(containsNetwork(parseCidr('10.0.0.0/8'), parseCidr('10.66.0.0/16'))).toBe(true);
    expect(containsNetwork(parseCidr('10.66.0.0/16'), parseCidr('10.0.0.0/8'))).toBe(false);
    expect(containsNetwork(parseCidr('0.0.0.0/0'), parseCidr('::/0'))).toBe(false);
  });
});
