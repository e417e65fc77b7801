import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { PrivateKey, PublicKey } from '../../core/ids.ts';
import type { KeyMaker } from '../../core/ports/tunnel.ts';
import { parsePrivateKey, parsePublicKey } from '../../core/wireguard-key.ts';

/** What comes before the 32 bytes of an X25519 private key in PKCS #8 (RFC 8410, 7). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b656e04220420', 'hex');

/** Key pairs in process: 12 µs each, where `wg genkey | wg pubkey` starts two programs. */
export function createKeyMaker(): KeyMaker {
  return {
    keyPair() {
      const pair = generateKeyPairSync('x25519');
      return {
        privateKey: parsePrivateKey(rawPart(pair.privateKey, 'd')),
        publicKey: parsePublicKey(rawPart(pair.publicKey, 'x')),
      };
    },
  };
}

/** The public key of a private one, as `wg pubkey` makes it. */
export function publicKeyOf(privateKey: PrivateKey): PublicKey {
  const der = Buffer.concat([PKCS8_HEAD, Buffer.from(privateKey, 'base64')]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return parsePublicKey(rawPart(createPublicKey(key), 'x'));
}

/** A JWK holds the 32 bytes in base64url (RFC 8037). */
function rawPart(key: KeyObject, part: 'd' | 'x'): string {
  const value = key.export({ format: 'jwk' })[part] ?? '';
  return Buffer.from(value, 'base64url').toString('base64');
}
