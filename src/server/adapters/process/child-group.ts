import { closeSync, constants, openSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Subprocess } from 'bun';
import { AppError } from '../../core/errors.ts';

export type Child = Subprocess<number | 'ignore', 'pipe', 'pipe'>;

export interface SpawnRequest {
  readonly argv: readonly [string, ...string[]];
  readonly input?: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string | undefined;
}

/**
 * Starts a child as the leader of its own process group (setsid). Its program is looked up in the PATH of `env`.
 * Throws AppError `unavailable` when it cannot be started, `invalid` for arguments no program can be given.
 */
export function spawnGroup(request: SpawnRequest): Child {
  let input: number | null = null;
  try {
    if (request.input !== undefined) input = inputFile(request.input);
    const child: Child = Bun.spawn([...request.argv], {
      stdin: input ?? 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
      detached: true,
      env: { ...request.env },
      cwd: request.cwd,
    });
    return child;
  } catch (error) {
    throw cannotStart(request.argv[0], error);
  } finally {
    if (input !== null) closeSync(input);
  }
}

/** Linux's O_TMPFILE is this bit together with O_DIRECTORY; node:fs does not name it. */
const TMPFILE = 0o20000000 | constants.O_DIRECTORY;

/**
 * The input as a file in memory that never has a name; the descriptor is for reading only. Bun's own ways do not do:
 * its 'pipe' is a socket, which `wg … /dev/stdin` and `nft -f -` cannot open a second time (ENXIO), and the memory
 * file it makes of bytes stays open until some garbage collection.
 */
function inputFile(input: string): number {
  const writable = openSync('/dev/shm', constants.O_RDWR | TMPFILE, 0o600);
  try {
    writeFileSync(writable, input);
    return openSync(`/proc/self/fd/${writable}`, constants.O_RDONLY);
  } finally {
    closeSync(writable);
  }
}

/** SIGKILL to every process still in the group of this leader. Harmless when nobody is left. */
export function killGroup(leaderPid: number): void {
  try {
    process.kill(-leaderPid, 'SIGKILL');
  } catch {
    // ESRCH: nobody is left.
  }
}

export function isRunning(child: Child): boolean {
  return child.exitCode === null && child.signalCode === null;
}

export function programName(argv: readonly [string, ...string[]]): string {
  return basename(argv[0]);
}

const INVALID_ARGUMENTS: readonly unknown[] = ['E2BIG', 'ERR_INVALID_ARG_VALUE'];

function cannotStart(program: string, cause: unknown): AppError {
  const errno = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const details = { reason: 'spawn', program: basename(program), errno };
  const code = INVALID_ARGUMENTS.includes(errno) ? 'invalid' : 'unavailable';
  return new AppError(code, `${basename(program)} could not be started.`, { cause, details });
}
