import { constants } from 'node:fs';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { WRITE_LIMIT_MS } from './calls.ts';
import { systemClock } from './clock.ts';

export interface DurableWrite {
  /** Permission bits, set whatever the umask is. */
  readonly mode: number;
  /** How long the disk may take. Default 10 s. */
  readonly limitMs?: number;
}

/**
 * Replaces the file as a whole: temp file in the same folder, fsync, rename, fsync of the folder. A reader sees the
 * old text or the new, never a part; a full disk or a crash leaves the old one. A symbolic link is replaced, not
 * followed. Repeating is safe. Throws AppError `unavailable` when the disk refuses (full, read-only, broken) and
 * `timeout` when it stands still; what was given up never replaces what is written later.
 */
export async function writeFileDurably(
  path: string,
  text: string | readonly string[],
  options: DurableWrite,
): Promise<void> {
  const patience = systemClock.deadline(options.limitMs ?? WRITE_LIMIT_MS);
  const before = unfinished.get(path);
  const writing = replace({ path, text, mode: options.mode, before, patience });
  const ended = writing.catch(() => undefined);
  unfinished.set(path, ended);
  void ended.then(() => {
    if (unfinished.get(path) === ended) unfinished.delete(path);
  });
  await Promise.race([writing, expiry(path, patience)]);
}

/** The last write of each file that the disk has not ended: a later one waits for it, or it could come out on top. */
const unfinished = new Map<string, Promise<void>>();

interface Replacement {
  readonly path: string;
  readonly text: string | readonly string[];
  readonly mode: number;
  readonly before: Promise<void> | undefined;
  readonly patience: AbortSignal;
}

async function replace({ path, text, mode, before, patience }: Replacement): Promise<void> {
  const temp = join(dirname(path), `${tempPrefix(path)}${Bun.randomUUIDv7()}${TEMP_SUFFIX}`);
  try {
    await writeAndSync(temp, text, mode);
    await before;
    patience.throwIfAborted();
    await rename(temp, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(temp, { force: true }).catch(() => {});
    throw translated(path, error);
  }
}

/** Never resolves. */
function expiry(path: string, patience: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const details = { path };
    const stoodStill = () => reject(new AppError('timeout', `${path}: the disk stands still.`, { details }));
    patience.addEventListener('abort', stoodStill, { once: true });
  });
}

/**
 * Removes temp files that a crash left beside `path`, and says how many. Only while nobody can be writing: at
 * start, or under the file's lock.
 */
export async function sweepTemps(path: string): Promise<number> {
  const names = await readdir(dirname(path));
  const stale = names.filter((name) => name.startsWith(tempPrefix(path)) && name.endsWith(TEMP_SUFFIX));
  await Promise.all(stale.map((name) => rm(join(dirname(path), name), { force: true })));
  return stale.length;
}

const TEMP_SUFFIX = '.tmp';

function tempPrefix(path: string): string {
  return `.${basename(path)}.`;
}

async function writeAndSync(path: string, text: string | readonly string[], mode: number): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const file = await open(path, flags, 0o600);
  try {
    for (const part of typeof text === 'string' ? [text] : text) await file.writeFile(part);
    await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** What a person, or time, can mend on the disk's side: then the same write may succeed later. */
const DISK_TROUBLE: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the disk is read-only',
  EIO: 'the disk fails',
};

function translated(path: string, cause: unknown): AppError {
  const errno = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  const trouble = errno === undefined ? undefined : DISK_TROUBLE[errno];
  const code = trouble === undefined ? 'internal' : 'unavailable';
  const message = `${path} could not be written: ${trouble ?? errno ?? 'nobody knows why'}.`;
  return new AppError(code, message, { cause, details: { path, errno } });
}
