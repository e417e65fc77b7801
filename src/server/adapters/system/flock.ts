import { close, constants, ftruncate, open, read, write } from 'node:fs';
import { promisify } from 'node:util';
import { AppError } from '../../core/errors.ts';
import { calledOff } from '../../core/outside-call.ts';
import { systemClock } from './clock.ts';
import { flock, LOCK_EX, LOCK_NB, LOCK_UN } from './libc.ts';

// Plain descriptors, not FileHandles: a FileHandle that is collected closes its file, and with it goes the lock.
const openFd = promisify(open);
const closeFd = promisify(close);
const truncateFd = promisify(ftruncate);
const writeFd = promisify(write);
const readFd = promisify(read);

export interface LockWait {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Pause between two looks at a lock that somebody else holds. */
const POLL_MS = 5;

/**
 * Runs `work` while holding an exclusive flock(2) on `path`, against other processes and other callers here alike.
 * The file is made (0600) when missing and never removed. The event loop is not blocked while waiting.
 * Throws AppError `timeout` when the lock stays taken, `forbidden` when `path` is a symbolic link, `unavailable`
 * when it cannot be opened; whatever happens, the lock is let go.
 */
export async function withFileLock<T>(path: string, wait: LockWait, work: () => Promise<T>): Promise<T> {
  const fd = await openLockFile(path);
  try {
    await acquire(fd, path, wait);
    return await work();
  } finally {
    flock(fd, LOCK_UN);
    await closeFd(fd);
  }
}

async function acquire(fd: number, path: string, wait: LockWait): Promise<void> {
  const signal = systemClock.deadline(wait.timeoutMs, wait.signal);
  while (!flock(fd, LOCK_EX | LOCK_NB)) {
    try {
      await systemClock.sleep(POLL_MS, signal);
    } catch {
      throw wait.signal?.aborted ? calledOff(signal) : stillTaken(path, wait.timeoutMs);
    }
  }
}

function stillTaken(path: string, timeoutMs: number): AppError {
  return new AppError('timeout', 'Somebody else holds the lock.', { details: { path, timeoutMs } });
}

export interface HeldLock {
  /** Lets go. Safe to repeat. The lock also ends with the process, however that ends. */
  release(): Promise<void>;
}

/**
 * Takes a lock meant for the life of this process, and writes our pid into it. Does not wait: throws AppError
 * `conflict` when another process holds it, with its pid in `details.pid`.
 */
export async function tryHoldLock(path: string): Promise<HeldLock> {
  const fd = await openLockFile(path);
  if (!flock(fd, LOCK_EX | LOCK_NB)) {
    const pid = await readPid(fd);
    await closeFd(fd);
    throw new AppError('conflict', `Adit is already running here (pid ${pid}).`, { details: { path, pid } });
  }
  await truncateFd(fd);
  await writeFd(fd, `${process.pid}\n`, 0);
  let held = true;
  return {
    async release() {
      if (!held) return;
      held = false;
      flock(fd, LOCK_UN);
      await closeFd(fd);
    },
  };
}

async function openLockFile(path: string): Promise<number> {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
  try {
    return await openFd(path, flags, 0o600);
  } catch (cause) {
    const errno = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    const details = { path, errno };
    if (errno === 'ELOOP') {
      throw new AppError('forbidden', `The lock file ${path} is a symbolic link.`, { cause, details });
    }
    throw new AppError('unavailable', `The lock file ${path} cannot be opened: ${errno}.`, {
      cause,
      details,
    });
  }
}

async function readPid(fd: number): Promise<string> {
  const buffer = Buffer.alloc(16);
  const { bytesRead } = await readFd(fd, buffer, 0, buffer.byteLength, 0);
  return buffer.toString('utf8', 0, bytesRead).trim() || 'unknown';
}
