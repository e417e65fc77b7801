import { constants } from 'node:fs';
import { link, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../../core/errors.ts';
import type { PrivateKey } from '../../core/ids.ts';
import type { KeyMaker } from '../../core/ports/tunnel.ts';
import { parsePrivateKey } from '../../core/wireguard-key.ts';
import { assertPrivatePlace, openPrivateFile } from './private-file.ts';

export interface ServerKeyOptions {
  /** STATE_DIR/wg-private.key. */
  readonly path: string;
  readonly keyMaker: KeyMaker;
}

/**
 * The server's private key, made on the first start and the same ever after: all clients know its public half.
 * Two starts at once get the same key. AppError `forbidden` when the file or its folder is open to others, a
 * link or somebody else's; `invalid` when it holds no key. A file that is refused is never replaced.
 */
export async function loadOrCreateServerKey(options: ServerKeyOptions): Promise<PrivateKey> {
  if (!(await assertPrivatePlace(options.path))) await create(options);
  return await load(options.path);
}

async function load(path: string): Promise<PrivateKey> {
  const file = await openPrivateFile(path);
  try {
    return parsePrivateKey((await file.readFile('utf8')).trim());
  } catch (error) {
    throw new AppError('invalid', `${path} does not hold a WireGuard private key; restore it from a backup`, {
      cause: error,
    });
  } finally {
    await file.close();
  }
}

/** Tells apart the temp files of calls that overlap in this process. */
let attempts = 0;

/** A link either appears with the whole key behind it or not at all, and never takes the place of another's. */
async function create({ path, keyMaker }: ServerKeyOptions): Promise<void> {
  const temp = `${path}.${process.pid}-${++attempts}.tmp`;
  await writeNew(temp, `${keyMaker.keyPair().privateKey}\n`);
  try {
    await link(temp, path);
    await syncFolder(dirname(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(temp, { force: true });
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
  const file = await open(path, flags, 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
