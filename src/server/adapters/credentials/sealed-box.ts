import { createCipheriv, createDecipheriv } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import type { Random } from '../../core/ports/clock.ts';
import type { SealedBox } from '../../core/ports/credentials.ts';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM: what is stored is version, nonce, tag and text, as base64. `key` has 32 bytes. */
export function createSealedBox(key: Uint8Array, random: Pick<Random, 'bytes'>): SealedBox {
  return {
    seal(text, about) {
      const iv = random.bytes(IV_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(about));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return `1.${Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64')}`;
    },
    open(sealed, about) {
      try {
        const all = Buffer.from(sealed.replace(/^1\./, ''), 'base64');
        const decipher = createDecipheriv(ALGORITHM, key, all.subarray(0, IV_BYTES));
        decipher.setAAD(Buffer.from(about));
        decipher.setAuthTag(all.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
        return (
          decipher.update(all.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
        );
      } catch (cause) {
        const message =
          'A sealed value does not open: the key in STATE_DIR is not the one it was sealed with.';
        throw new AppError('internal', message, { cause });
      }
    },
  };
}
