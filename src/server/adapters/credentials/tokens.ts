import { createHash } from 'node:crypto';
import type { Random } from '../../core/ports/clock.ts';
import type { Tokens } from '../../core/ports/credentials.ts';
import { toBase32 } from './base32.ts';

const TOKEN_BYTES = 32;
/** 80 bits: 16 letters of base32. */
const CODE_BYTES = 10;

export function createTokens(random: Pick<Random, 'bytes'>): Tokens {
  return {
    fresh: () => Buffer.from(random.bytes(TOKEN_BYTES)).toString('base64url'),
    freshCode: () => toBase32(random.bytes(CODE_BYTES)).toLowerCase().match(/.{4}/g)!.join('-'),
    digest: (token) => createHash('sha256').update(token).digest('hex'),
  };
}
