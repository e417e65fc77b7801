/** What a file needs that must be whole at every instant, whoever is killed and whoever else writes it. */

/**
 * Runs `work` while this process holds flock(2) on `lockPath`, which is made when missing. Outside tools that take
 * the same lock are respected. Let go however `work` ends, and by the kernel when the process dies.
 * Throws AppError `timeout` when the lock stays taken.
 */
export type WithFileLock = <T>(
  lockPath: string,
  wait: { readonly timeoutMs: number; readonly signal?: AbortSignal },
  work: () => Promise<T>,
) => Promise<T>;

/**
 * Replaces the file as a whole: temp file in the same folder, fsync, rename, fsync of the folder. When it throws,
 * the old file is as it was. AppError `unavailable` when the disk refuses (full, read-only, broken), `timeout` when
 * it stands still.
 */
export type WriteFileDurably = (
  path: string,
  /** Long ones in parts, so that no part of it blocks the event loop for long. */
  text: string | readonly string[],
  options: { readonly mode: number },
) => Promise<void>;

/** Removes temp files that killed writers left beside `path`; returns how many. Only under the file's lock. */
export type SweepTemps = (path: string) => Promise<number>;
