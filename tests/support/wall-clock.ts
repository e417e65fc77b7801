/**
 * The wall clock of a child moved by libfaketime (Debian: libfaketime), while it runs too; the machine's stays. The
 * monotonic clock is left alone, as when an operator or NTP sets the time. Works with a compiled Bun binary and with
 * PostgreSQL, for both ask the C library; tried with libfaketime 0.9.10.
 */
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from './machine.ts';

export interface WallClock extends AsyncDisposable {
  /** For the environment of everything that should live by it. */
  readonly env: Readonly<Record<string, string>>;
  /** How far it is from the machine's, from now on, in seconds. Seen by the others within a second. */
  step(offsetSeconds: number): void;
}

const LIBRARY = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/faketime/libfaketimeMT.so.1`;

export async function createWallClock(offsetSeconds = 0): Promise<WallClock> {
  if (!existsSync(LIBRARY)) throw new Error('libfaketime is not installed');
  const folder = await mkdtemp(join(tmpdir(), 'adit-clock-'));
  // PostgreSQL is somebody else.
  await chmod(folder, 0o755);
  const file = join(folder, 'offset');
  const step = (seconds: number) =>
    writeFileSync(file, `${seconds < 0 ? '' : '+'}${seconds}\n`, { mode: 0o644 });
  step(offsetSeconds);
  return {
    env: {
      LD_PRELOAD: LIBRARY,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    step,
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
      sweepSharedMemory();
    },
  };
}

/** The library keeps a page and a semaphore for each process; those of killed ones stay. */
function sweepSharedMemory(): void {
  for (const name of readdirSync('/dev/shm')) {
    const pid = /^(?:sem\.faketime_sem|faketime_shm)_(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join('/dev/shm', name), { force: true });
  }
}
