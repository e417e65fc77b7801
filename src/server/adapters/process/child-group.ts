import { basename } from 'node:path';
import type { Subprocess } from 'bun';
import { AppError } from '../../core/errors.ts';

export type Child = Subprocess<Uint8Array<ArrayBuffer> | 'ignore', 'pipe', 'pipe'>;

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
  try {
    const child: Child = Bun.spawn([...request.argv], {
      stdin: inputFor(request),
      stdout: 'pipe',
      stderr: 'pipe',
      detached: true,
      env: { ...request.env },
      cwd: request.cwd,
    });
    return child;
  } catch (error) {
    throw cannotStart(request.argv[0], error);
  }
}

/**
 * Bun hands bytes over in an anonymous file in memory. Its 'pipe' is a socket, which cannot be opened a second time:
 * `wg … /dev/stdin` and `nft -f -` would end with ENXIO.
 */
function inputFor(request: SpawnRequest): 'ignore' | Uint8Array<ArrayBuffer> {
  return request.input === undefined ? 'ignore' : new TextEncoder().encode(request.input);
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
