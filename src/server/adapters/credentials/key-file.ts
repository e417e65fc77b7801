import { lstat, readFile } from 'node:fs/promises';
import { AppError } from '../../core/errors.ts';
import type { Random } from '../../core/ports/clock.ts';

const KEY_BYTES = 32;
const OTHERS = 0o077;

export interface KeyFileOptions {
  /** In a folder that is ours alone (STATE_DIR), held by this process. */
  readonly path: string;
  readonly random: Pick<Random, 'bytes'>;
  /** Writes the whole file or nothing, readable by its owner alone. */
  write(path: string, text: string): Promise<void>;
  /** Asked before a key is made; throws where one was there before and must not be made anew. */
  mayMake?(): Promise<void>;
}

/**
 * A key of this installation, made at the first start: second factors are sealed with one, ids of VLESS users made of another. AppError `forbidden` when others can read it,
 * `invalid` when it holds no key: then nothing is replaced, as what was made with it could never be used again.
 */
export async function loadOrCreateKey({ path, random, write, mayMake }: KeyFileOptions): Promise<Uint8Array> {
  const mode = await lstat(path).then(
    (stats) => (stats.isFile() ? stats.mode : OTHERS),
    (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? null : Promise.reject(error)),
  );
  if (mode === null) {
    await mayMake?.();
    await write(path, `${Buffer.from(random.bytes(KEY_BYTES)).toString('hex')}\n`);
  } else if ((mode & OTHERS) !== 0) {
    throw new AppError('forbidden', `${path} is open to others: chmod 600 it if nobody has read it.`);
  }
  const text = (await readFile(path, 'utf8')).trim();
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new AppError('invalid', `${path} does not hold a key; restore it from a backup.`);
  }
  return Buffer.from(text, 'hex');
}
