import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../../core/errors.ts';

const OTHERS = 0o077;
const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;
const ROOT = 0;

/**
 * Refuses a secret's place that somebody else could read, replace or have planted: AppError `forbidden` with what
 * to do. The folder must belong to this user or root and be writable by nobody else; the file, when it is
 * there, must be a plain file of this user, mode 0600 or less. Returns whether the file is there.
 */
export async function assertPrivatePlace(path: string): Promise<boolean> {
  await assertPrivateFolder(dirname(path));
  const stats = await statOrNull(path);
  if (stats === null) return false;
  assertPrivateFile(path, stats);
  return true;
}

/** Opens for reading what {@link assertPrivatePlace} would accept, with no moment between check and use. */
export async function openPrivateFile(path: string): Promise<FileHandle> {
  await assertPrivatePlace(path);
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    assertPrivateFile(path, await file.stat());
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function assertPrivateFolder(folder: string): Promise<void> {
  const stats = await statOrNull(folder);
  if (stats === null) throw new AppError('not_found', `the folder ${folder} does not exist`);
  if (!stats.isDirectory())
    throw refusal(folder, 'is not a folder of its own (a link?)', 'use a real folder');
  if (stats.uid !== process.geteuid?.() && stats.uid !== ROOT) {
    throw refusal(folder, `belongs to user ${stats.uid}`, `chown it to user ${process.geteuid?.()}`);
  }
  // In a sticky folder such as /tmp others may add files, but not replace ours.
  if ((stats.mode & WRITABLE_BY_OTHERS) !== 0 && (stats.mode & STICKY) === 0) {
    throw refusal(folder, `is writable by others (mode ${octal(stats)})`, 'chmod 700 it');
  }
}

function assertPrivateFile(path: string, stats: Stats): void {
  if (stats.isSymbolicLink()) throw refusal(path, 'is a symbolic link', 'put the file itself there');
  if (!stats.isFile()) throw refusal(path, 'is not a plain file', 'remove it');
  if (stats.uid !== process.geteuid?.()) {
    throw refusal(path, `belongs to user ${stats.uid}`, `chown it to user ${process.geteuid?.()}`);
  }
  if ((stats.mode & OTHERS) !== 0) {
    throw refusal(
      path,
      `is open to others (mode ${octal(stats)})`,
      'make a new key if it may have been read, and chmod 600 it',
    );
  }
}

async function statOrNull(path: string): Promise<Stats | null> {
  try {
    return await lstat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

const octal = (stats: Stats): string => (stats.mode & 0o7777).toString(8).padStart(4, '0');

const refusal = (path: string, what: string, remedy: string): AppError =>
  new AppError('forbidden', `${path} ${what}, so it is not used: ${remedy}`, { details: { path } });
