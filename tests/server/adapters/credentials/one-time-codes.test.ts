import { describe, expect, test } from 'bun:test';
import { fromBase32, toBase32 } from '../../../../src/server/adapters/credentials/base32.ts';
import { codeAt, createOneTimeCodes } from '../../../../src/server/adapters/credentials/one-time-codes.ts';
import { systemRandom } from '../../../../src/server/adapters/system/random.ts';

/** RFC 6238, appendix B, SHA-1: the last six of its eight digits. */
const KEY = toBase32(new TextEncoder().encode('12345678901234567890'));
const VECTORS: readonly (readonly [seconds: number, code: string])[] = [
  [59, '287082'],
  [1111111109, '081804'],
  [1111111111, '050471'],
  [1234567890, '005924'],
  [2000000000, '279037'],
  [20000000000, '353130'],
];
const codes = createOneTimeCodes(systemRandom);

describe('codes of RFC 6238', () => {
  test.each(VECTORS)('at %d s: %s', (seconds, code) => {
    const step = Math.floor(seconds / 30);
    expect(codeAt(KEY, step)).toBe(code);
    expect(codes.stepOf(KEY, code, new Date(seconds * 1000))).toBe(step);
  });

  test.each(['', '12345', '1234567', 'abcdef', '٢٨٧٠٨٢', '-28708', '287082; '])('no code: %p', (typed) => {
    expect(codes.stepOf(KEY, typed, new Date(59_000))).toBeNull();
  });

  test('neighbours of the current step are taken, no further ones', () => {
    const at = (offset: number) => codes.stepOf(KEY, codeAt(KEY, 100 + offset), new Date(100 * 30_000));
    expect([-2, -1, 0, 1, 2].map(at)).toEqual([null, 99, 100, 101, null]);
  });

  test('a key is 160 bits as base32, and the address carries it', () => {
    const key = codes.freshKey();
    expect(key).toMatch(/^[A-Z2-7]{32}$/);
    expect(codes.freshKey()).not.toBe(key);
    const address = new URL(codes.address(key, 'anna'));
    expect([address.protocol, address.searchParams.get('secret')]).toEqual(['otpauth:', key]);
  });
});

describe('base32 of RFC 4648', () => {
  test.each([
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ])('%p is %p', (plain, text) => {
    expect(toBase32(new TextEncoder().encode(plain))).toBe(text);
    expect(new TextDecoder().decode(fromBase32(text))).toBe(plain);
  });
});
