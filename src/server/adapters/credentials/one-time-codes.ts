import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Random } from '../../core/ports/clock.ts';
import type { OneTimeCodes } from '../../core/ports/credentials.ts';
import { fromBase32, toBase32 } from './base32.ts';

const STEP_MS = 30_000;
const DIGITS = 6;
/** RFC 4226, section 4: as long as the hash. */
const KEY_BYTES = 20;

/**
 * RFC 6238 over node:crypto: the whole of it is one HMAC and one remainder, shorter than the glue a library would need,
 * and tested with the RFC's own vectors.
 */
export function createOneTimeCodes(random: Pick<Random, 'bytes'>): OneTimeCodes {
  return {
    freshKey: () => toBase32(random.bytes(KEY_BYTES)),
    stepOf(key, code, now) {
      const typed = code.replaceAll(/\s/g, '');
      if (!/^\d{6}$/.test(typed)) return null;
      const current = Math.floor(now.getTime() / STEP_MS);
      return [current, current - 1, current + 1].find((step) => same(codeAt(key, step), typed)) ?? null;
    },
    address(key, name) {
      const label = encodeURIComponent(`Adit:${name}`);
      return `otpauth://totp/${label}?secret=${key}&issuer=Adit&algorithm=SHA1&digits=6&period=30`;
    },
  };
}

/** The code of one step (RFC 4226, 5.3: dynamic truncation). */
export function codeAt(key: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hash = createHmac('sha1', fromBase32(key)).update(counter).digest();
  const number = hash.readUInt32BE(hash[hash.length - 1]! & 0x0f) & 0x7fffffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0');
}

const same = (a: string, b: string): boolean => timingSafeEqual(Buffer.from(a), Buffer.from(b));
