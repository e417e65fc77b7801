import { createHmac, timingSafeEqual } from 'node:crypto';
import type { VlessId } from '../../core/ids.ts';
import type { SubscriptionTokens, VlessIds } from '../../core/ports/credentials.ts';

const ID_BYTES = 16;

/** HMAC-SHA256 of peer and key number, as a UUID of version 8 (RFC 9562, 5.8: made as its maker likes). */
export function createVlessIds(key: Uint8Array): VlessIds {
  return {
    of({ peerId, keyNumber }) {
      const bytes = macOf(key, `vless:${peerId}:${keyNumber}`);
      bytes[6] = (bytes[6]! & 0x0f) | 0x80;
      bytes[8] = (bytes[8]! & 0x3f) | 0x80;
      return uuidOf(bytes) as VlessId;
    },
  };
}

/** base64url of the id's 16 bytes and of as many of their HMAC: 43 characters, 128 bits nobody can guess. */
export function createSubscriptionTokens(key: Uint8Array): SubscriptionTokens {
  const proofOf = (id: string) => macOf(key, `subscription:${id}`);
  return {
    of: (id) =>
      Buffer.concat([Buffer.from(id.replaceAll('-', ''), 'hex'), proofOf(id)]).toString('base64url'),
    read(token) {
      const bytes = Buffer.from(token, 'base64url');
      const whole = bytes.byteLength === 2 * ID_BYTES && bytes.toString('base64url') === token;
      // The same work for anything that is sent.
      const given = whole ? bytes : Buffer.alloc(2 * ID_BYTES);
      const id = uuidOf(given.subarray(0, ID_BYTES));
      const proven = timingSafeEqual(given.subarray(ID_BYTES), proofOf(id));
      return whole && proven ? id : null;
    },
  };
}

function macOf(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest().subarray(0, ID_BYTES);
}

function uuidOf(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
