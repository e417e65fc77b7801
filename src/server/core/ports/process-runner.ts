/** The one door to other programs. Every child has its own process group, which dies whole. */
export interface RunRequest {
  /** Program and arguments. Never a secret: argv can be read by every user of the machine. */
  readonly argv: readonly [string, ...string[]];
  /** Goes to the child's standard input by a pipe; this is the way for secrets. */
  readonly input?: string;
  /** Whole operation, start to last byte of output. Default: WG_COMMAND_TIMEOUT_MS. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Cap for standard output and error, each. Default 16 MiB; more is a failure `exhausted`. */
  readonly maxOutputBytes?: number;
  /** The whole environment of the child. Default: PATH and LANG only. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Label for metrics and breaker, e.g. `wg.show`. Default: the program's base name. */
  readonly name?: string;
  /**
   * Gets standard output piece by piece, in place of `stdout`, which is empty then. What it throws ends the child. It must
   * not block the event loop: pieces may be large.
   */
  readonly consume?: (piece: Uint8Array) => void | Promise<void>;
  /** Exit codes that count as success. Default [0]. */
  readonly okCodes?: readonly number[];
}

export interface RunResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  readonly durationMs: number;
}

/** A child meant to live: a database, a userspace WireGuard. */
export interface LongLived {
  readonly pid: number;
  /** Resolves with the exit code when it ends, however it ends. */
  readonly exited: Promise<number>;
  /** The last lines (up to 64 KiB) of its standard error and output. */
  tail(): string;
  /** Sends `signal`, waits `graceMs`, then kills the group. Repeating is safe. */
  stop(signal: 'SIGTERM' | 'SIGINT' | 'SIGQUIT', graceMs: number): Promise<void>;
}

export interface ProcessRunner {
  /**
   * Runs to the end. Throws AppError: `unavailable` (program missing, breaker open, called off by `signal`),
   * `timeout`, `exhausted` (output cap), `invalid` (an argument no program can get), `internal` (exit code; details carry `exitCode` and the end of `stderr`). The first reason wins.
   */
  run(request: RunRequest): Promise<RunResult>;
  /** Starts and returns at once. `unavailable` when the program is missing. */
  start(request: Omit<RunRequest, 'input' | 'timeoutMs' | 'maxOutputBytes' | 'okCodes'>): LongLived;
}
