import type { Stats } from 'node:fs';
import { chmod, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type HeldLock, tryHoldLock } from '../adapters/system/flock.ts';
import { AppError } from '../core/errors.ts';

/**
 * Makes STATE_DIR (0700) when it is missing, refuses one that others can write to (F-S17), and holds it for the life
 * of this process: two of them on one state would undo each other's work.
 */
export async function holdStateDir(path: string): Promise<HeldLock> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const found = await refuseShared(path);
  if ((found.mode & 0o007) !== 0) await chmod(path, 0o700);
  return tryHoldLock(join(path, 'adit.lock'));
}

/** The same look without touching anything. */
export async function inspectStateDir(path: string): Promise<string> {
  try {
    await refuseShared(path);
    return `${path} is ours alone`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return `${path} will be made at the first start`;
  }
}

async function refuseShared(path: string): Promise<Stats> {
  const found = await stat(path);
  if (!found.isDirectory()) throw new AppError('invalid', `STATE_DIR ${path} is not a folder.`);
  const owner = process.geteuid?.() ?? found.uid;
  if (found.uid !== owner) {
    const whose = `belongs to another user (uid ${found.uid}); Adit runs as ${owner}`;
    throw new AppError('forbidden', `STATE_DIR ${path} ${whose}.`);
  }
  if ((found.mode & 0o022) !== 0) {
    throw new AppError('forbidden', `STATE_DIR ${path} can be written to by others: chmod 700 ${path}`);
  }
  return found;
}
