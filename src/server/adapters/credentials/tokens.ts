import { createHash } from 'node:crypto';
import type { Random } from '../../core/ports/clock.ts';
import type { Tokens } from '../../core/ports/credentials.ts';

const TOKEN_BYTES = 32;
/** 66 bits, and a telephone's keyboard for numbers is enough. */
const CODE_DIGITS = 20;

export function createTokens(random: Pick<Random, 'bytes' | 'integer'>): Tokens {
  return {
    fresh: () => Buffer.from(random.bytes(TOKEN_BYTES)).toString('base64url'),
    freshCode() {
      const digits = Array.from({ length: CODE_DIGITS }, () => random.integer(10)).join('');
      return digits.match(/.{5}/g)!.join('-');
    },
    digest: (token) => createHash('sha256').update(token).digest('hex'),
  };
}
