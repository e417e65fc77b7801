import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  isKey,
  NO_PRESHARED_KEY,
  parsePrivateKey,
  parsePublicKey,
} from '../../../src/server/core/wireguard-key.ts';
import { anyHostileText, anyPublicKey } from '../../support/tunnel-arbitraries.ts';

const GOOD = 'xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=';

describe('WireGuard keys', () => {
  test('32 bytes in base64 are a key', () => {
    fc.assert(fc.property(anyPublicKey, (key) => expect(parsePublicKey(key)).toBe(key)));
  });

  test.each([
    ['too short', GOOD.slice(1)],
    ['too long', `A${GOOD}`],
    ['no padding', `${GOOD.slice(0, 43)}A`],
    ['another spelling of the same bytes', `${GOOD.slice(0, 42)}h=`],
    ['base64url', `-${GOOD.slice(1)}`],
    ['a line behind it', `${GOOD}\n`],
    ['a blank before it', ` ${GOOD}`],
    ['zeros', NO_PRESHARED_KEY],
  ])('%s is refused', (_, text) => {
    expect(() => parsePublicKey(text)).toThrow('44 characters');
  });

  test('F-S1: no text but a key passes', () => {
    fc.assert(
      fc.property(anyHostileText, (text) => {
        const decoded = Buffer.from(text, 'base64');
        expect(isKey(text)).toBe(decoded.length === 32 && decoded.toString('base64') === text);
      }),
    );
  });

  test('a refused private key is not repeated in the error', () => {
    const slip = `${GOOD.slice(0, 43)}!`;
    expect(() => parsePrivateKey(slip)).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining(slip) }),
    );
  });
});
