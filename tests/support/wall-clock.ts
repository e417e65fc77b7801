/**
 * The wall clock of a child moved by libfaketime (Debian: libfaketime), while it runs too; the machine's stays. The
 * monotonic clock is left alone, as when an operator or NTP sets the time. Works with a compiled Bun binary and with
 * PostgreSQL, for both ask the C library; tried with libfaketime 0.9.10.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
