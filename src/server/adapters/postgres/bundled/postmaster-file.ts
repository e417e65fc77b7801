import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { Log } from '../../../core/ports/log.ts';
import type { ServerPrograms } from './cluster.ts';

/** `postmaster.pid` as PostgreSQL writes it: the pid in line 1, the state in line 8 (pidfile.h). */
export interface PostmasterFile {
  readonly pid: number;
  readonly ready: boolean;
}

export async function readPostmasterFile(data: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  return pid > 0 ? { pid, ready: lines[7]?.trim() === 'ready' } : undefined;
}

export interface LeftoverDeps {
  readonly programs: ServerPrograms;
  readonly clock: Clock;
  readonly log: Log;
}

const FAST_MS = 10_000;
const IMMEDIATE_MS = 5_000;
const LOOK_EVERY_MS = 10;

/**
 * Ends a server that outlived its Adit. The caller holds the lock of the STATE_DIR, so nobody living owns it.
 * A pid file whose number belongs to some other program by now (a restarted container counts from 1 again) is
 * only removed. Throws AppError `unavailable` when the server does not end.
 */
export async function endLeftover(data: string, deps: LeftoverDeps): Promise<void> {
  const found = await readPostmasterFile(data);
  if (found === undefined) return;
  if (await isServerOf(data, found.pid)) {
    deps.log.warn({ pid: found.pid }, 'a database server outlived its Adit, stopping it');
    await stopLeftover(data, found.pid, deps);
  }
  await rm(join(data, 'postmaster.pid'), { force: true });
}

async function stopLeftover(data: string, pid: number, deps: LeftoverDeps): Promise<void> {
  for (const [signal, limitMs] of [
    ['INT', FAST_MS],
    ['QUIT', IMMEDIATE_MS],
  ] as const) {
    await send(deps.programs, signal, pid);
    if (await gone(data, pid, limitMs, deps.clock)) return;
  }
  throw new AppError('unavailable', `A database server of a former Adit (pid ${pid}) does not stop.`);
}

/** It may have ended by itself meanwhile; then there is nothing to signal and that is well. */
async function send({ runner, prefix, tree }: ServerPrograms, signal: string, pid: number): Promise<void> {
  const argv = [...prefix, `${tree}/bin/pg_ctl`, 'kill', signal, String(pid)] as const;
  await runner.run({ argv: [...argv], name: 'postgres.kill', timeoutMs: 5_000, okCodes: [0, 1], cwd: '/' });
}

async function gone(data: string, pid: number, limitMs: number, clock: Clock): Promise<boolean> {
  const end = clock.monotonicMs() + limitMs;
  while (clock.monotonicMs() < end) {
    if (!(await isServerOf(data, pid))) return true;
    await clock.sleep(LOOK_EVERY_MS);
  }
  return false;
}

/** By its command line, which holds the data folder. A zombie has none. */
async function isServerOf(data: string, pid: number): Promise<boolean> {
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const words = line.split('\0');
  return words.some((word) => word.endsWith('/postgres')) && words.includes(data);
}
