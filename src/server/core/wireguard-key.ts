import { AppError } from './errors.ts';
import type { PrivateKey, PublicKey } from './ids.ts';

/**
 * 32 bytes in base64 are 43 characters and one `=`. The 43rd carries four bits, so only sixteen letters may
 * stand there: any other spelling decodes to the same bytes, and one key would have two names.
 */
const KEY = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

/** Of a key that is all zeros. `wg` takes it as "no preshared key". */
export const NO_PRESHARED_KEY = `${'A'.repeat(43)}=`;

/** Exactly one spelling of 32 bytes; surrounding white space is refused too. */
export const isKey = (text: string): boolean => KEY.test(text) && text.length === 44;

/** AppError `invalid` unless it is a key. The zero key is refused: no peer can own it. */
export function parsePublicKey(text: string): PublicKey {
  if (isKey(text) && text !== NO_PRESHARED_KEY) return text as PublicKey;
  throw new AppError('invalid', 'a public key is 32 bytes in base64: 44 characters that end in =');
}

/** As {@link parsePublicKey}. The refused text never appears in the error: it may be a key with a slip. */
export function parsePrivateKey(text: string): PrivateKey {
  if (isKey(text) && text !== NO_PRESHARED_KEY) return text as PrivateKey;
  throw new AppError('invalid', 'a private key is 32 bytes in base64: 44 characters that end in =');
}
